// A bounded queue between one writing thread and one reading thread, without a lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

namespace helloscope::relay {

template <class T> class ring {
  public:
    explicit ring(std::size_t capacity) : slots_(capacity + 1) {}

    // False when it is full; `item` is then untouched.
    bool push(T&& item) {
        const auto at = head_.load(std::memory_order_relaxed);
        const auto after = next(at);
        if (after == tail_.load(std::memory_order_acquire)) return false;
        slots_[at] = std::move(item);
        head_.store(after, std::memory_order_release);
        return true;
    }

    // The oldest, where it stands; null when there is none. It stays until pop().
    T* front() {
        const auto at = tail_.load(std::memory_order_relaxed);
        return at == head_.load(std::memory_order_acquire) ? nullptr : &slots_[at];
    }
    void pop() {
        const auto at = tail_.load(std::memory_order_relaxed);
        slots_[at] = T{}; // what it held is released here, not when the slot is used again
        tail_.store(next(at), std::memory_order_release);
    }

    // May be out of date at once, by what the other thread does.
    std::size_t size() const {
        const auto head = head_.load(std::memory_order_relaxed);
        const auto tail = tail_.load(std::memory_order_relaxed);
        return head >= tail ? head - tail : head + slots_.size() - tail;
    }
    std::size_t capacity() const { return slots_.size() - 1; }

  private:
    std::size_t next(std::size_t at) const { return at + 1 == slots_.size() ? 0 : at + 1; }

    std::vector<T> slots_;
    alignas(64) std::atomic<std::size_t> head_{0};
    alignas(64) std::atomic<std::size_t> tail_{0};
};

} // namespace helloscope::relay
