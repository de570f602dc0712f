#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts far() {
    auto f = test::ended(test::silent_facts(), model::leg::client, "fin");
    f.server_leg.min_rtt = 600ms;
    f.waited = 900ms;
    return f;
}

} // namespace

TEST_CASE("the client left before a handshake can be over at this distance") {
    const auto found = rules::path_slow(far());
    REQUIRE(found);
    CHECK(found->id == "path-slow");
    CHECK(test::value_of(*found, "round trip, at best") == "600 ms");
}

TEST_CASE("a near server, a long wait, or loss") {
    auto near = far();
    near.server_leg.min_rtt = 20ms;
    CHECK(!rules::path_slow(near));
    auto patient = far();
    patient.waited = 10s;
    CHECK(!rules::path_slow(patient));
    auto lost = far();
    lost.server_leg.out.retransmits = 3;
    CHECK(!rules::path_slow(lost));
}
