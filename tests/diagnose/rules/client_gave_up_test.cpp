#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a client that leaves while something was due") {
    auto f = test::ended(test::silent_facts(), model::leg::client, "fin");
    f.lasted = 10s;
    const auto found = rules::client_gave_up(f);
    REQUIRE(found);
    CHECK(found->id == "client-gave-up");
    CHECK(found->how_sure == certainty::suspected);
    CHECK(
        found->summary == "The client left after 10.0 s, while helloscope waited for the rest of "
                          "the server's flight.");

    auto dialing = test::ended(test::asked_facts(), model::leg::client, "rst");
    dialing.at = model::stage::connect;
    CHECK(
        rules::client_gave_up(dialing)->summary.find("a connection to releases.bazel.build:443") !=
        std::string::npos);
}

TEST_CASE("a client that opens and closes without a request, or uses the flow, did not give up") {
    CHECK(!rules::client_gave_up(
        test::ended(model::make_facts(test::accepted().told()), model::leg::client, "fin")));
    CHECK(!rules::client_gave_up(
        test::ended(model::make_facts(test::dialed().told()), model::leg::client, "fin")));
    CHECK(!rules::client_gave_up(test::healthy_facts()));
    CHECK(!rules::client_gave_up(test::ended(test::silent_facts(), model::leg::server, "fin")));
}
