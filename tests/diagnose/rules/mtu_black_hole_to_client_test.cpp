#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("segments behind a gap that never closes are a black hole towards the client") {
    const auto found = rules::mtu_black_hole_to_client(test::gap_facts());
    REQUIRE(found);
    CHECK(found->id == "mtu-black-hole-to-client");
    CHECK(found->how_sure == certainty::likely);
    CHECK(test::value_of(*found, "longest segment that came") == "1,200 bytes");
    CHECK(test::has(found->remedies, "helloscope run --mss 1360"));
}

TEST_CASE("the ServerHello may have come before the gap") {
    auto f = test::gap_facts();
    f.from_server = 127;
    f.server_leg.in.bytes = 127;
    CHECK(test::value_of(*rules::mtu_black_hole_to_client(f), "received in order") == "127 bytes");
}

TEST_CASE("a gap that is young heals by itself more often than not") {
    auto f = test::gap_facts();
    f.stalled_for = 1700ms;
    CHECK(!rules::mtu_black_hole_to_client(f));
    CHECK(!rules::mtu_black_hole_to_client(test::silent_facts()));
    auto far = test::gap_facts(); // a few round trips
    far.server_leg.min_rtt = 600ms;
    CHECK(!rules::mtu_black_hole_to_client(far));
}

TEST_CASE("what is missing while full segments pass is not lost for its length") {
    CHECK(!rules::mtu_black_hole_to_client(test::gap_behind_full_segments()));
    auto unknown = test::gap_behind_full_segments();
    unknown.server_leg.in.largest_arrived.reset();
    CHECK(test::has(rules::mtu_black_hole_to_client(unknown)->others, "server-flight-stalled"));
    CHECK(rules::mtu_black_hole_to_client(test::gap_facts())->others.empty());
}

TEST_CASE("a gap that has closed again is none") {
    auto f = test::gap_facts();
    f.server_leg.in.gap = false;
    CHECK(!rules::mtu_black_hole_to_client(f));
}

TEST_CASE("a test with a small MSS confirms it, with a gap and without") {
    auto gap = test::gap_facts();
    CHECK(
        rules::mtu_black_hole_to_client(test::tested(gap, "mss:1240", "answered"))->how_sure ==
        certainty::confirmed);
    auto nothing = test::silent_facts();
    test::tested(nothing, "whole", "silent");
    const auto found = rules::mtu_black_hole_to_client(
        test::tested(nothing, "mss:1240", "answered"));
    REQUIRE(found);
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(test::has(found->remedies, "helloscope run --mss 1240"));
    CHECK(found->others.empty());
}

TEST_CASE("healed by a smaller MSS while the first attempt had all acknowledged and a gap") {
    model::heal_attempt_ended first;
    first.sent = 1493;
    first.acked = 1493;
    first.out_of_order = 1;
    CHECK(
        rules::mtu_black_hole_to_client(test::healed_facts(first, "mss:1360"))->how_sure ==
        certainty::confirmed);
    first.out_of_order = 0; // it may only have been slow
    const auto found = rules::mtu_black_hole_to_client(test::healed_facts(first, "mss:1360"));
    REQUIRE(found);
    CHECK(found->how_sure == certainty::likely);
    CHECK(test::has(found->others, "server-slow"));
    CHECK(!rules::mtu_black_hole_to_client(test::healed_facts(first, "split:sni")));
}

TEST_CASE("a flight that came through in long segments, too, leaves a doubt") {
    auto f = test::gap_facts();
    test::tested(f, "whole", "answered");
    CHECK(
        rules::mtu_black_hole_to_client(test::tested(f, "mss:536", "answered"))->how_sure ==
        certainty::likely);
}

TEST_CASE("half a flight counts as none") {
    auto f = test::silent_facts();
    test::tested(f, "whole", "half-answered");
    CHECK(
        rules::mtu_black_hole_to_client(test::tested(f, "mss:536", "answered"))->how_sure ==
        certainty::confirmed);
}
