#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts gap() {
    auto f = test::silent_facts();
    f.server_leg.in.out_of_order = 2;
    f.server_leg.in.largest_arrived = 1200;
    return f;
}

} // namespace

TEST_CASE("segments behind a gap that never closes are a black hole towards the client") {
    const auto found = rules::server_flight_lost(gap());
    REQUIRE(found);
    CHECK(found->id == "mtu-black-hole-to-client");
    CHECK(found->how_sure == certainty::likely);
    CHECK(test::value_of(*found, "longest segment that came") == "1,200 bytes");
}

TEST_CASE("the ServerHello may have come before the gap") {
    auto f = gap();
    f.from_server = 127;
    CHECK(test::value_of(*rules::server_flight_lost(f), "received in order") == "127 bytes");
}

TEST_CASE("a gap that is younger than two seconds heals by itself more often than not") {
    auto f = gap();
    f.stalled_for = 1900ms;
    CHECK(!rules::server_flight_lost(f));
    CHECK(!rules::server_flight_lost(test::silent_facts()));
}
