#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

// As the kernel sees it three seconds after `sent` bytes.
facts dropped(
    std::uint64_t sent, std::uint64_t acked, std::uint32_t sacked, std::uint32_t packets) {
    auto on = test::greeted();
    auto p = test::sample(sent, acked);
    p.retransmits = std::uint8_t{3};
    p.sacked = sacked;
    p.segs_in = packets;
    on.then(3s, model::path{model::leg::server, p});
    on.then({}, model::stalled{model::stage::server_flight, 3s});
    return model::make_facts(on.told());
}

} // namespace

TEST_CASE("a hello that is sent again and again is named with this flow's numbers") {
    const auto found = rules::hello_dropped(dropped(1493, 0, 1, 2));
    REQUIRE(found);
    CHECK(found->id == "hello-dropped");
    CHECK(found->how_sure == certainty::likely);
    CHECK(
        found->summary == "The ClientHello does not get through to releases.bazel.build:443: 1,493 "
                          "of its 1,493 bytes "
                          "were never acknowledged, though sent again 3 times.");
    CHECK(test::value_of(*found, "piece sent again and again") == "1,448 bytes");
    CHECK(found->remedies.at(0).command == "export GODEBUG=tlsmlkem=0,tlskyber=0");
}

TEST_CASE("what the facts cannot separate comes likeliest first") {
    struct row {
        std::uint64_t sent, acked;
        std::uint32_t sacked, packets;
        std::string_view first;
    };
    const row rows[] = {
        {1900, 0, 1, 2, "mtu-black-hole-to-server"}, // a later, shorter piece passed
        {1900, 0, 0, 2, "mtu-black-hole-to-server"}, // the same without SACK
        {1440, 0, 0, 1, "mtu-black-hole-to-server"}, // nothing to compare
        {1900, 1448, 0, 2, "tail-dropped-to-server"}, {4000, 2896, 0, 3, "tail-dropped-to-server"},
        {300, 0, 0, 1, "tail-dropped-to-server"}, // too small for any MTU
    };
    for (const auto& [sent, acked, sacked, packets, first] : rows) {
        const auto found = rules::hello_dropped(dropped(sent, acked, sacked, packets));
        REQUIRE(found);
        CHECK(found->others.front() == first);
        CHECK(test::has(found->others, "name-filtered")); // looks the same in every field
    }
}

TEST_CASE("two timeouts are chance as long as the flow lasts") {
    auto f = dropped(1493, 0, 1, 2);
    f.server_leg.out.retransmits = 2;
    CHECK(!rules::hello_dropped(f));
    const auto left = test::ended(f, model::leg::client, "fin");
    CHECK(rules::hello_dropped(left)->how_sure == certainty::suspected);
}

TEST_CASE("a hello that was acknowledged, or is still moving, was not dropped") {
    CHECK(!rules::hello_dropped(test::silent_facts()));
    auto moving = dropped(1493, 0, 1, 2);
    moving.stalled_for.reset();
    CHECK(!rules::hello_dropped(moving));
}
