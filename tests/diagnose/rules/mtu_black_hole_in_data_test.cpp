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

TEST_CASE("a gap is one of length as long as no full segment has come") {
    auto f = test::still_in_data();
    f.server_leg.in.gap = true;
    CHECK(test::has(rules::mtu_black_hole_in_data(f)->others, "stalled-in-data"));
    f.server_leg.advmss = 1448;
    f.server_leg.in.largest_arrived = 800;
    CHECK(rules::mtu_black_hole_in_data(f)->others.empty());
    f.server_leg.in.largest_arrived = 1448;
    CHECK(!rules::mtu_black_hole_in_data(f));
}

TEST_CASE("nothing shows of an answer but that an acknowledgement was lost with it") {
    const auto found = rules::mtu_black_hole_in_data(test::answer_lost_facts());
    REQUIRE(found);
    CHECK(found->id == "mtu-black-hole-in-data");
    CHECK(found->how_sure == certainty::suspected);
    CHECK(test::has(found->others, "server-slow"));
    CHECK(test::has(found->remedies, "helloscope run --mss 1360"));
    CHECK(!rules::mtu_black_hole_in_data(test::still_in_data()));
    auto stopped = test::answer_lost_facts();
    stopped.first_end = model::closed{model::leg::client, "helloscope", "error", "helloscope ends"};
    CHECK(rules::mtu_black_hole_in_data(stopped));
    CHECK(!rules::mtu_black_hole_in_data(
        test::ended(test::answer_lost_facts(), model::leg::server, "fin")));
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
