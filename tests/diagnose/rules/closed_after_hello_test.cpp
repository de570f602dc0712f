#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a server that closes instead of an answer") {
    const auto found = rules::closed_after_hello(
        test::ended(test::silent_facts(), model::leg::server, "fin"));
    REQUIRE(found);
    CHECK(found->id == "closed-after-hello");
    CHECK(
        found->summary == "releases.bazel.build:443 closed the connection 2.0 s after the "
                          "ClientHello, without an answer.");
}

TEST_CASE("through a parent it is the parent that closes") {
    auto f = test::ended(test::silent_facts(), model::leg::server, "fin");
    f.parents = {test::proxy};
    CHECK(rules::closed_after_hello(f)->summary.starts_with(
        "http://proxy.corp:3128 closed the connection to releases.bazel.build:443 2.0 s after"));
}

TEST_CASE("one that closes in the middle of its flight says so") {
    auto f = test::ended(test::silent_facts(), model::leg::server, "fin");
    f.from_server = 1215;
    CHECK(
        rules::closed_after_hello(f)->summary.find("in the middle of the handshake") !=
        std::string::npos);
}

TEST_CASE("a server that closes because the client did, or after an alert, explains nothing") {
    CHECK(!rules::closed_after_hello(test::ended(test::silent_facts(), model::leg::client, "fin")));
    auto alerted = test::ended(test::silent_facts(), model::leg::server, "fin");
    alerted.server_alert = model::alert{direction::to_client, 2, 40};
    CHECK(!rules::closed_after_hello(alerted));
}
