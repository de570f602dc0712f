#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a server that answers in HTTP is quoted") {
    auto f = test::silent_facts();
    f.other_answer = model::not_tls{direction::to_client, 0, "http"};
    f.from_server = 312;
    const auto found = rules::not_tls(f);
    REQUIRE(found);
    CHECK(found->id == "not-tls");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(
        found->summary ==
        "releases.bazel.build:443 answered the ClientHello with http instead of TLS.");
    CHECK(found->remedies.at(0).command == "curl -i http://releases.bazel.build:443/");
    f.other_answer->looks_like = "unknown";
    CHECK(rules::not_tls(f)->summary.find("bytes that are no TLS") != std::string::npos);
}

TEST_CASE("a tunnel that was never TLS is no failure") {
    auto f = test::silent_facts();
    f.other_answer = model::not_tls{direction::to_client, 0, "http"};
    f.client_hello.reset();
    CHECK(!rules::not_tls(f));
}
