#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts answered_with(std::uint16_t status, std::string reason, std::string proxy_status = "") {
    auto f = test::asked_facts();
    f.answer = model::answered{status, std::move(reason), std::move(proxy_status)};
    return f;
}

} // namespace

TEST_CASE("a request that we refuse is refused in our words") {
    const auto found = rules::front_refused(answered_with(403, "not allowed by --allow"));
    REQUIRE(found);
    CHECK(found->id == "front-refused");
    CHECK(found->summary == "helloscope refused the request: 403 not allowed by --allow.");
    CHECK(test::value_of(*found, "target") == "releases.bazel.build:443");
}

TEST_CASE("a request that comes back to us is a loop") {
    const auto found = rules::front_refused(
        answered_with(502, "Proxy Loop Detected", "helloscope; error=proxy_loop_detected"));
    REQUIRE(found);
    CHECK(found->id == "proxy-loop");
    CHECK(found->remedies.size() == 1);
}

TEST_CASE("an answer about the server, or to TLS on the plain port, is no refusal") {
    CHECK(!rules::front_refused(answered_with(504, "connection timed out")));
    CHECK(!rules::front_refused(answered_with(200, "Connection established")));
    auto tls = answered_with(400, "this port speaks plain HTTP");
    tls.front = "tls";
    CHECK(!rules::front_refused(tls));
}
