#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts begun() {
    auto f = test::silent_facts();
    f.from_server = 2896;
    f.server_leg.in.bytes = 2896;
    f.server_leg.in.largest_arrived = 1448;
    return f;
}

} // namespace

TEST_CASE("a flight that began and stopped, with nothing behind a gap") {
    const auto found = rules::server_flight_stalled(begun());
    REQUIRE(found);
    CHECK(found->id == "server-flight-stalled");
    CHECK(found->how_sure == certainty::suspected);
    CHECK(test::has(found->others, "mtu-black-hole-to-client"));
    CHECK(found->missing.size() == 2); // whole segments: more was sent
}

TEST_CASE("one segment is missing, though full ones came") {
    const auto found = rules::server_flight_stalled(test::gap_behind_full_segments());
    REQUIRE(found);
    CHECK(found->id == "server-flight-stalled");
    CHECK(test::value_of(*found, "segments behind a gap") == "2");
    CHECK(!test::has(found->others, "mtu-black-hole-to-client"));
    CHECK(!rules::server_flight_stalled(test::gap_facts()));
}

TEST_CASE("a gap, silence, a close, or a client that owes its Finished is another matter") {
    auto gap = begun();
    gap.server_leg.in.gap = true;
    CHECK(!rules::server_flight_stalled(gap));
    CHECK(!rules::server_flight_stalled(test::silent_facts()));
    CHECK(!rules::server_flight_stalled(test::ended(begun(), model::leg::server, "fin")));
    auto owed = begun();
    owed.at = model::stage::client_finish;
    owed.server_hello = std::make_shared<const wire::tls::server_hello>(test::tls13_answer());
    CHECK(!rules::server_flight_stalled(owed));
    auto young = begun();
    young.stalled_for = 1s;
    CHECK(!rules::server_flight_stalled(young));
}
