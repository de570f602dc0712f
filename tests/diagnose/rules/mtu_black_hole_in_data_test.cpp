#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("what the server sends waits behind a gap") {
    auto f = test::still_in_data();
    f.server_leg.in.gap = true;
    f.server_leg.in.out_of_order = 1;
    const auto found = rules::mtu_black_hole_in_data(f);
    REQUIRE(found);
    CHECK(found->id == "mtu-black-hole-in-data");
    CHECK(found->summary.find("what it sends is lost") != std::string::npos);
    CHECK(!test::has(found->remedies, "sudo sysctl -w net.ipv4.tcp_mtu_probing=1"));
}

TEST_CASE("what the client sends is lost, though a shorter piece behind it arrived") {
    auto f = test::still_in_data();
    f.server_leg.out.unacked = 3;
    f.server_leg.out.sacked = 1;
    f.server_leg.out.retransmits = 3;
    f.server_leg.out.smallest_lost = 1448;
    const auto found = rules::mtu_black_hole_in_data(f);
    REQUIRE(found);
    CHECK(test::has(found->remedies, "helloscope run --mss 1360"));
    f.server_leg.out.smallest_lost = 300;
    CHECK(!rules::mtu_black_hole_in_data(f));
}

TEST_CASE("on the client's leg the clamp is the client's") {
    auto f = test::still_in_data();
    f.client_leg.out.unacked = 3;
    f.client_leg.out.sacked = 1;
    f.client_leg.out.retransmits = 3;
    f.client_leg.out.smallest_lost = 1448;
    const auto found = rules::mtu_black_hole_in_data(f);
    REQUIRE(found);
    CHECK(test::has(found->remedies, "helloscope run --client-mss 1360"));
}

TEST_CASE("a tunnel that nobody uses, losses of long ago, or a young stall") {
    auto f = test::still_in_data();
    CHECK(!rules::mtu_black_hole_in_data(f));
    f.server_leg.in.out_of_order = 40; // and no gap now
    f.server_leg.in.gap = false;
    CHECK(!rules::mtu_black_hole_in_data(f));
    f.server_leg.in.gap = true;
    f.stalled_for = 1s;
    CHECK(!rules::mtu_black_hole_in_data(f));
}
