// A bounded queue between one writing thread and one reading thread, without a lock.
//
// Items stand in chunks that the threads pass to and fro. The one that was read last is filled
// first, while it is in a cache. There are no more chunks than the queue once needed.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <utility>

namespace helloscope::relay {

template <class T> class chunk_queue {
  public:
    static constexpr std::size_t per_chunk = 128;

    explicit chunk_queue(std::size_t capacity)
        : capacity_(capacity), filled_(new chunk), read_(filled_) {}
    chunk_queue(const chunk_queue&) = delete;
    chunk_queue& operator=(const chunk_queue&) = delete;
    ~chunk_queue() {
        free_from(read_);
        free_from(spare_);
        free_from(returned_.load(std::memory_order_acquire));
    }

    // False when it is full; `item` is then untouched.
    bool push(T&& item) {
        const auto before = pushed_.load(std::memory_order_relaxed);
        if (before - popped_.load(std::memory_order_acquire) == capacity_) return false;
        if (fill_at_ == per_chunk) {
            filled_ = filled_->next = another();
            fill_at_ = 0;
        }
        filled_->items[fill_at_++] = std::move(item);
        pushed_.store(before + 1, std::memory_order_release);
        return true;
    }

    // The oldest, where it stands; null when there is none. It stays until pop(), which drops it.
    T* front() {
        const auto at = popped_.load(std::memory_order_relaxed);
        if (at == pushed_.load(std::memory_order_acquire)) return nullptr;
        if (read_at_ == per_chunk) give_back();
        return &read_->items[read_at_];
    }
    void pop() {
        read_->items[read_at_++] = T{}; // what it held is released here, not when its place is used
        popped_.store(popped_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

    // May be out of date at once, by what the other thread does.
    std::size_t size() const {
        const auto popped = popped_.load(std::memory_order_relaxed); // first: it is never ahead
        return pushed_.load(std::memory_order_relaxed) - popped;
    }
    std::size_t capacity() const { return capacity_; }

  private:
    struct chunk {
        std::array<T, per_chunk> items;
        chunk* next = nullptr; // to be read behind it, or given back before it
    };

    chunk* another() {
        if (auto* fresh = returned_.exchange(nullptr, std::memory_order_acquire)) {
            auto* last = fresh;
            while (last->next != nullptr) last = last->next;
            last->next = std::exchange(spare_, fresh);
        }
        if (spare_ == nullptr) return new chunk;
        auto* taken = spare_;
        spare_ = std::exchange(taken->next, nullptr);
        return taken;
    }

    // Where the writing thread only ever takes all that was given back, none can come between.
    void give_back() {
        auto* done = std::exchange(read_, read_->next);
        read_at_ = 0;
        done->next = returned_.load(std::memory_order_relaxed);
        while (!returned_.compare_exchange_weak(
            done->next, done, std::memory_order_release, std::memory_order_relaxed)) {}
    }

    static void free_from(chunk* first) {
        while (first != nullptr) delete std::exchange(first, first->next);
    }

    const std::size_t capacity_;

    chunk* filled_; // the writing thread's
    std::size_t fill_at_ = 0;
    chunk* spare_ = nullptr;
    alignas(64) std::atomic<std::size_t> pushed_{0};

    alignas(64) chunk* read_; // the reading thread's
    std::size_t read_at_ = 0;
    std::atomic<std::size_t> popped_{0};

    alignas(64) std::atomic<chunk*> returned_{nullptr};
};

} // namespace helloscope::relay
