#include "ring.hpp"

#include "support/catch.hpp"

#include <memory>
#include <thread>

using helloscope::relay::ring;

namespace {

template <class T> T take(ring<T>& queue) {
    T oldest = std::move(*queue.front());
    queue.pop();
    return oldest;
}

} // namespace

TEST_CASE("what goes in comes out in order, and a full ring takes nothing") {
    ring<std::unique_ptr<int>> queue(2);
    CHECK(queue.capacity() == 2);
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
    ring<std::shared_ptr<int>> queue(2);
    auto held = std::make_shared<int>(1);
    CHECK(queue.push(std::shared_ptr<int>(held)));
    CHECK(held.use_count() == 2);
    queue.pop();
    CHECK(held.use_count() == 1);
}

TEST_CASE("one thread writes, another reads, nothing is lost or doubled") {
    ring<int> queue(7);
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
