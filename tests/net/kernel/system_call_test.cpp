#include "helloscope/net/kernel/system_call.hpp"

#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("what a system call costs is measured once") {
    const auto cost = net::system_call_cost();
    CHECK(cost > duration::zero());
    CHECK(net::system_call_cost() == cost);
}
