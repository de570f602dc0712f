#include "doorbell.hpp"

#include "support/catch.hpp"

#include <thread>

using helloscope::relay::doorbell;

TEST_CASE("nothing that was queued before a press is overslept") {
    doorbell bell;
    std::atomic<int> queued{0};
    constexpr int all = 20'000;
    int taken = 0;
    std::thread sleeper([&] {
        bool work = false;
        while (taken < all) {
            bell.sleep(work, [&] { return queued > 0; });
            const auto came = queued.exchange(0);
            work = came > 0;
            taken += came;
        }
    });
    for (int i = 0; i < all; ++i) {
        ++queued;
        bell.press(i % 100 == 0);
    }
    sleeper.join(); // comes to an end: each press was heard
    CHECK(taken == all);
}

TEST_CASE("a call to wake is heard, whenever it comes") {
    doorbell bell;
    bell.wake(); // before the sleep
    bell.sleep(false, [] { return false; });
    std::thread sleeper([&] { bell.sleep(false, [] { return false; }); });
    bell.wake();
    sleeper.join();
}
