#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("nothing is acknowledged any more") {
    auto f = test::still_in_data();
    f.server_leg.out.unacked = 2;
    f.server_leg.out.retransmits = 4;
    f.server_leg.last_heard = 9s;
    const auto found = rules::stalled_in_data(f);
    REQUIRE(found);
    CHECK(found->id == "stalled-in-data");
    CHECK(test::value_of(*found, "last heard") == "9.0 s before");
    CHECK(test::has(found->others, "path-dead"));
}

TEST_CASE("one segment never comes, though the longest do") {
    auto f = test::still_in_data();
    f.server_leg.in.gap = true;
    const auto found = rules::stalled_in_data(f);
    REQUIRE(found);
    CHECK(found->summary.find("sent what did not arrive") != std::string::npos);
    CHECK(!rules::stalled_in_data(test::answer_lost_facts()));
}

TEST_CASE("two timeouts, all acknowledged, or a handshake that is not over") {
    auto f = test::still_in_data();
    CHECK(!rules::stalled_in_data(f));
    f.server_leg.out.unacked = 2;
    f.server_leg.out.retransmits = 2;
    CHECK(!rules::stalled_in_data(f));
    f.server_leg.out.retransmits = 4;
    f.established = false;
    CHECK(!rules::stalled_in_data(f));
}
