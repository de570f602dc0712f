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

TEST_CASE("what a client did not wait for is a parent, or the answer of plain HTTP") {
    const auto left = [](test::flow on) {
        on.then(200ms, model::closed{model::leg::client, "peer", "fin", ""});
        return rules::client_gave_up(model::make_facts(on.told())).value().summary;
    };
    CHECK(left(test::at_parent()).ends_with("waited for the answer of http://proxy.corp:3128."));
    CHECK(left(test::routed().then(1ms, model::connecting{test::proxy_side}))
              .ends_with("waited for a connection to http://proxy.corp:3128."));
    auto plain = test::asked_plainly();
    CHECK(left(test::reach_parent(plain)).ends_with("waited for the answer of example.test:80."));
}

TEST_CASE("a client that opens and closes without a request, or uses the flow, did not give up") {
    CHECK(!rules::client_gave_up(
        test::ended(model::make_facts(test::accepted().told()), model::leg::client, "fin")));
    CHECK(!rules::client_gave_up(
        test::ended(model::make_facts(test::dialed().told()), model::leg::client, "fin")));
    CHECK(!rules::client_gave_up(test::healthy_facts()));
    auto wordless = test::ended(
        model::make_facts(test::dialed().told()), model::leg::client, "fin");
    wordless.answer.reset();
    wordless.at = model::stage::connect;
    CHECK(!rules::client_gave_up(wordless));
    CHECK(!rules::client_gave_up(test::ended(test::silent_facts(), model::leg::server, "fin")));
}
