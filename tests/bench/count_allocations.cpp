// LD_PRELOADed into a relay: counts its allocations into a shared page, a file that
// $BENCH_ALLOCATIONS names: three 64-bit numbers, allocations, bytes asked for, and frees.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

// glibc's own, so that nothing has to be looked up before the first allocation.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

struct counters {
    std::atomic<std::uint64_t> allocations, bytes, frees;
};
counters before_main;
counters* counted = &before_main;

void count(std::size_t size) {
    counted->allocations.fetch_add(1, std::memory_order_relaxed);
    counted->bytes.fetch_add(size, std::memory_order_relaxed);
}

[[gnu::constructor]] void share() {
    const char* name = std::getenv("BENCH_ALLOCATIONS");
    const int file = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void* page = mmap(nullptr, sizeof(counters), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED) counted = static_cast<counters*>(page);
}

} // namespace

extern "C" {

void* malloc(std::size_t size) {
    count(size);
    return __libc_malloc(size);
}

void* calloc(std::size_t number, std::size_t size) {
    count(number * size);
    return __libc_calloc(number, size);
}

void* realloc(void* old, std::size_t size) {
    count(size);
    return __libc_realloc(old, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
    count(size);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
    count(size);
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : 12; // ENOMEM
}

void free(void* old) {
    if (old) counted->frees.fetch_add(1, std::memory_order_relaxed);
    __libc_free(old);
}
}
