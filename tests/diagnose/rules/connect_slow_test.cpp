#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a connection that stood only when the client's patience was over") {
    auto f = test::ended(test::silent_facts(), model::leg::client, "fin");
    f.connect_took = 7s;
    f.lasted = 10s;
    f.attempts.front().syn_retransmits = 3;
    const auto found = rules::connect_slow(f);
    REQUIRE(found);
    CHECK(found->id == "connect-slow");
    CHECK(test::has(found->others, "accept-queue-full"));
}

TEST_CASE("a quick connection, or a flow that went well all the same") {
    auto f = test::ended(test::silent_facts(), model::leg::client, "fin");
    CHECK(!rules::connect_slow(f));
    auto well = test::healthy_facts();
    well.connect_took = 7s;
    CHECK(!rules::connect_slow(well));
}
