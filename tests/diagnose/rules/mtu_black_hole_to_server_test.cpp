#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a long segment is lost every time and a shorter one behind it arrived") {
    const auto found = rules::mtu_black_hole_to_server(test::black_hole_facts());
    REQUIRE(found);
    CHECK(found->id == "mtu-black-hole-to-server");
    CHECK(found->how_sure == certainty::likely);
    CHECK(
        found->summary ==
        "The ClientHello of 1,900 bytes does not get through to releases.bazel.build:443: its "
        "segment of 1,448 bytes is lost every time, though a shorter one behind it arrived.");
    CHECK(
        found->others ==
        std::vector<std::string>{"name-filtered", "hello-content-refused", "fragments-dropped"});
    CHECK(test::value_of(*found, "piece sent again and again") == "1,448 bytes");
    CHECK(test::has(found->remedies, "helloscope run --mss 1360"));
    CHECK(test::has(found->remedies, "sudo sysctl -w net.ipv4.tcp_mtu_probing=1"));
}

TEST_CASE("without SACK the duplicate acknowledgement tells the same") {
    auto f = test::black_hole_facts();
    f.server_leg.out.sacked = 0;
    CHECK(rules::mtu_black_hole_to_server(f));
    f.server_leg.in.packets = 1; // the SYN's answer alone
    CHECK(!rules::mtu_black_hole_to_server(f));
}

TEST_CASE("nothing is called too long before something shorter got through") {
    auto f = test::dropped_facts(1440, 0, 0, 1);
    f.hello_bytes = 1440;
    CHECK(!rules::mtu_black_hole_to_server(f));
    f.before = {test::history("address", 3, 0, 271)};
    const auto found = rules::mtu_black_hole_to_server(f);
    REQUIRE(found);
    CHECK(found->how_sure == certainty::suspected);
    CHECK(found->summary.ends_with("though a hello of 271 bytes was answered."));
    f.before = {test::history("address", 3, 0, 1460)}; // not shorter
    CHECK(!rules::mtu_black_hole_to_server(f));
}

TEST_CASE("a second timeout makes it suspected, a third likely") {
    auto f = test::black_hole_facts();
    f.server_leg.out.retransmits = 2;
    CHECK(rules::mtu_black_hole_to_server(f)->how_sure == certainty::suspected);
    f.server_leg.out.retransmits = 1;
    CHECK(!rules::mtu_black_hole_to_server(f));
}

TEST_CASE("a tail, a short piece, an answer, a reset or a moving flow are no black hole") {
    auto tail = test::dropped_facts(1900, 1448, 1, 2);
    CHECK(!rules::mtu_black_hole_to_server(tail));
    CHECK(!rules::mtu_black_hole_to_server(test::dropped_facts(300, 0, 1, 2)));
    auto answered = test::black_hole_facts();
    answered.from_server = 100;
    CHECK(!rules::mtu_black_hole_to_server(answered));
    CHECK(!rules::mtu_black_hole_to_server(
        test::ended(test::black_hole_facts(), model::leg::server, "rst")));
    auto moving = test::black_hole_facts();
    moving.stalled_for.reset();
    CHECK(!rules::mtu_black_hole_to_server(moving));
}

TEST_CASE("a name that stands in what arrived was not filtered") {
    auto f = test::black_hole_facts();
    auto hello = test::go_hello();
    hello.server_name->offset = 1500;
    f.client_hello = std::make_shared<const wire::tls::client_hello>(hello);
    CHECK(!test::has(rules::mtu_black_hole_to_server(f)->others, "name-filtered"));
}

TEST_CASE("healed by a smaller MSS it is confirmed, with the MSS that worked") {
    model::heal_attempt_ended first;
    first.sent = 1493;
    first.acked = 0;
    first.retransmits = 2;
    first.snd_mss = 1448;
    const auto found = rules::mtu_black_hole_to_server(test::healed_facts(first, "mss:1240"));
    REQUIRE(found);
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->others.empty());
    CHECK(test::has(found->remedies, "helloscope run --mss 1240"));
    CHECK(test::value_of(*found, "sent again with mss:1240") == "answered after 3.0 ms");
    CHECK(!rules::mtu_black_hole_to_server(test::healed_facts(first, "split:sni")));
}

TEST_CASE("on IPv6 the sizes are the family's") {
    auto f = test::black_hole_facts();
    f.server = *parse_endpoint("[2001:db8::1]:443");
    f.server_leg.v6 = true;
    f.server_leg.snd_mss = 1428;
    const auto found = rules::mtu_black_hole_to_server(f);
    CHECK(test::has(found->remedies, "helloscope run --mss 1340"));
    CHECK(test::has(
        found->remedies,
        "sudo ip6tables -I FORWARD -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT"));
}

TEST_CASE("tests with a small MSS confirm it, and the largest that passes is the remedy") {
    auto f = test::black_hole_facts();
    test::tested(f, "whole", "silent");
    test::tested(f, "mss:536", "answered");
    const auto found = rules::mtu_black_hole_to_server(test::tested(f, "mtu:1400", "answered"));
    REQUIRE(found);
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->others.empty());
    CHECK(test::has(found->remedies, "helloscope run --mss 1360"));
    CHECK(
        test::value_of(*found, "a hello of ours with mss:536, 300 bytes") ==
        "answered after 5.0 ms");
}

TEST_CASE("where one as long passes in long segments the clamp is no cure") {
    auto f = test::black_hole_facts();
    test::tested(f, "whole", "answered");
    CHECK(
        rules::mtu_black_hole_to_server(test::tested(f, "mss:536", "answered"))->how_sure ==
        certainty::likely);
}
