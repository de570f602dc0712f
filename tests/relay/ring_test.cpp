#include "ring.hpp"

#include "support/catch.hpp"

#include <memory>
#include <thread>

using helloscope::relay::ring;

TEST_CASE("what goes in comes out in order, and a full ring takes nothing") {
    ring<std::unique_ptr<int>> queue(2);
    CHECK(queue.capacity() == 2);
    CHECK(queue.push(std::make_unique<int>(1)));
    CHECK(queue.push(std::make_unique<int>(2)));
    auto third = std::make_unique<int>(3);
    CHECK_FALSE(queue.push(std::move(third)));
    REQUIRE(third); // untouched
    CHECK(queue.size() == 2);
    CHECK(**queue.pop() == 1);
    CHECK(queue.push(std::move(third)));
    CHECK(**queue.pop() == 2);
    CHECK(**queue.pop() == 3);
    CHECK_FALSE(queue.pop());
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
        const auto got = queue.pop();
        if (!got)
            std::this_thread::yield();
        else
            in_order &= *got == expected++;
    }
    writer.join();
    CHECK(in_order);
    CHECK(queue.size() == 0);
}
