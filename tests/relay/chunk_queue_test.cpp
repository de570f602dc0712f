#include "chunk_queue.hpp"

#include "support/catch.hpp"

#include <memory>
#include <set>
#include <thread>

using helloscope::relay::chunk_queue;

namespace {

template <class T> T take(chunk_queue<T>& queue) {
    T oldest = std::move(*queue.front());
    queue.pop();
    return oldest;
}

// Counts how many of its kind there are.
struct counted {
    static inline int alive = 0;
    int value = 0;

    counted() { ++alive; }
    explicit counted(int number) : value(number) { ++alive; }
    counted(counted&& other) noexcept : value(other.value) { ++alive; }
    counted& operator=(counted&&) noexcept = default;
    ~counted() { --alive; }
};

} // namespace

TEST_CASE("what goes in comes out in order, and a full queue takes nothing") {
    chunk_queue<std::unique_ptr<int>> queue(2);
    CHECK(queue.capacity() == 2);
    CHECK(queue.front() == nullptr);
    CHECK(queue.push(std::make_unique<int>(1)));
    CHECK(queue.push(std::make_unique<int>(2)));
    auto third = std::make_unique<int>(3);
    CHECK_FALSE(queue.push(std::move(third)));
    REQUIRE(third); // untouched
    CHECK(queue.size() == 2);
    CHECK(*take(queue) == 1);
    CHECK(queue.push(std::move(third)));
    CHECK(*take(queue) == 2);
    CHECK(*take(queue) == 3);
    CHECK(queue.front() == nullptr);
}

TEST_CASE("what was taken is released at once, not when its place is used again") {
    chunk_queue<std::shared_ptr<int>> queue(2);
    const auto held = std::make_shared<int>(1);
    CHECK(queue.push(std::shared_ptr<int>(held)));
    CHECK(held.use_count() == 2);
    queue.pop();
    CHECK(held.use_count() == 1);
}

TEST_CASE("a queue that stays short takes two chunks, one that is full takes what it holds") {
    constexpr auto chunk = static_cast<int>(chunk_queue<counted>::per_chunk);
    {
        chunk_queue<counted> queue(1'000);
        for (int i = 0; i < 10 * chunk; ++i) {
            CHECK(queue.push(counted(i)));
            CHECK(take(queue).value == i);
        }
        CHECK(counted::alive == 2 * chunk);
        for (int i = 0; i < 1'000; ++i) CHECK(queue.push(counted(i)));
        CHECK_FALSE(queue.push(counted(0)));
        CHECK(counted::alive <= 1'000 + 2 * chunk);
        for (int i = 0; i < 1'000; ++i) CHECK(take(queue).value == i);
        std::set<const counted*> places; // once it is short again, the same ones
        for (int i = 0; i < 10 * chunk; ++i) {
            CHECK(queue.push(counted(i)));
            places.insert(queue.front());
            CHECK(take(queue).value == i);
        }
        CHECK(places.size() <= 3 * static_cast<std::size_t>(chunk));
    }
    CHECK(counted::alive == 0);
}

TEST_CASE("one thread writes, another reads, nothing is lost or doubled") {
    chunk_queue<int> queue(300);
    constexpr int count = 100'000;
    std::thread writer([&] {
        for (int i = 0; i < count; ++i)
            while (!queue.push(int(i))) std::this_thread::yield();
    });
    bool in_order = true;
    for (int expected = 0; expected < count;) {
        if (queue.front() == nullptr)
            std::this_thread::yield();
        else
            in_order &= take(queue) == expected++;
    }
    writer.join();
    CHECK(in_order);
    CHECK(queue.size() == 0);
}
