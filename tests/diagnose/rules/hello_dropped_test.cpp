#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a hello that is sent again and again is named with this flow's numbers") {
    const auto found = rules::hello_dropped(test::dropped_facts(1493, 0, 1, 2));
    REQUIRE(found);
    CHECK(found->id == "hello-dropped");
    CHECK(found->how_sure == certainty::likely);
    CHECK(
        found->summary == "The ClientHello does not get through to releases.bazel.build:443: 1,493 "
                          "of its 1,493 bytes "
                          "were never acknowledged, though sent again 3 times.");
    CHECK(test::value_of(*found, "piece sent again and again") == "1,448 bytes");
    CHECK(test::has(found->remedies, "export GODEBUG=tlsmlkem=0"));
    CHECK(test::has(found->remedies, "helloscope run --mss 1360"));
}

TEST_CASE("what the facts cannot separate comes likeliest first") {
    struct row {
        std::uint64_t sent, acked;
        std::uint32_t packets;
        std::vector<std::string> others;
    };
    const row rows[] = {
        // nothing shorter to compare
        {1440,
         0,
         1,
         {"mtu-black-hole-to-server", "name-filtered", "hello-content-refused", "path-dead"}},
        // too small for any MTU
        {300, 0, 1, {"name-filtered", "hello-content-refused", "path-dead"}},
        // the name stands in what arrived
        {2000, 1448, 2, {"mtu-black-hole-to-server", "hello-content-refused"}},
    };
    for (const auto& [sent, acked, packets, others] : rows) {
        const auto found = rules::hello_dropped(test::dropped_facts(sent, acked, 0, packets));
        REQUIRE(found);
        CHECK(found->others == others);
    }
}

TEST_CASE("a small hello asks for no smaller one, and for a cut inside the name") {
    const auto found = rules::hello_dropped(test::dropped_facts(300, 0, 0, 1));
    CHECK(test::has(found->remedies, "helloscope run --shape split:midsni"));
    CHECK(!test::has(found->remedies, "helloscope run --mss 1360"));
}

TEST_CASE("two timeouts are chance as long as the flow lasts") {
    auto f = test::dropped_facts(1493, 0, 1, 2);
    f.server_leg.out.retransmits = 2;
    CHECK(!rules::hello_dropped(f));
    const auto left = test::ended(f, model::leg::client, "fin");
    CHECK(rules::hello_dropped(left)->how_sure == certainty::suspected);
    f.server_leg.out.total_retrans = 3; // the probe before the first timeout as well
    CHECK(rules::hello_dropped(f)->how_sure == certainty::suspected);
}

TEST_CASE("a hello that was acknowledged, or is still moving, was not dropped") {
    CHECK(!rules::hello_dropped(test::silent_facts()));
    auto moving = test::dropped_facts(1493, 0, 1, 2);
    moving.stalled_for.reset();
    CHECK(!rules::hello_dropped(moving));
}
