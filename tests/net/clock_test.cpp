#include "helloscope/net/clock.hpp"

#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("a flow's clock begins at the wall's time and never goes back") {
    const auto before = std::chrono::system_clock::now();
    const net::flow_clock clock;
    const auto after = std::chrono::system_clock::now();
    CHECK(clock.opened() >= before);
    CHECK(clock.opened() <= after);
    auto last = clock.opened();
    for (int i = 0; i < 100; ++i) {
        const auto now = clock.now();
        CHECK(now >= last);
        last = now;
    }
}
