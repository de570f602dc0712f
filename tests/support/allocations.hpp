// Counts calls of operator new in this program. Include it in one source file of a test program.
#pragma once

#include <atomic>
#include <cstdlib>
#include <new>

namespace helloscope::test {

inline std::atomic<std::size_t> allocation_count{0};
inline std::size_t allocations() { return allocation_count.load(); }

} // namespace helloscope::test

void* operator new(std::size_t size) {
    ++helloscope::test::allocation_count;
    if (void* memory = std::malloc(size != 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++helloscope::test::allocation_count;
    return std::malloc(size != 0 ? size : 1);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
