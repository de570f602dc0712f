#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("the longer segment arrived and the shorter rest never does") {
    const auto found = rules::tail_dropped_to_server(test::dropped_facts(1900, 1448, 0, 2));
    REQUIRE(found);
    CHECK(found->id == "tail-dropped-to-server");
    CHECK(found->how_sure == certainty::likely);
    CHECK(
        found->summary ==
        "The last 452 bytes of the ClientHello never get through to "
        "releases.bazel.build:443, though the longer segment before them arrived.");
    CHECK(rules::tail_dropped_to_server(test::dropped_facts(4000, 2896, 0, 3)));
}

TEST_CASE("a first segment that is lost, a full one behind it, or nothing lost is another matter") {
    CHECK(!rules::tail_dropped_to_server(test::black_hole_facts()));
    CHECK(!rules::tail_dropped_to_server(test::dropped_facts(4344, 1448, 0, 2)));
    CHECK(!rules::tail_dropped_to_server(test::dropped_facts(300, 0, 0, 1)));
    CHECK(!rules::tail_dropped_to_server(test::silent_facts()));
}

TEST_CASE("TLS records that fit the segments confirm it") {
    auto f = test::dropped_facts(1900, 1448, 0, 2);
    const auto found = rules::tail_dropped_to_server(
        test::tested(f, "records:sni+2|split:records", "answered"));
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->others.empty());
}
