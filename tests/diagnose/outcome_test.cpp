#include "outcome.hpp"

#include "diagnose/told.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

std::string outcome(const test::flow& flow) {
    const auto line = flow.told();
    return outcome_of(line, verdict_of(line).get());
}

} // namespace

TEST_CASE("an outcome is a verdict or what became of the flow") {
    CHECK(outcome(test::healthy()) == "ok, TLS 1.3");
    CHECK(outcome(test::silent()) == "server-silent (likely)");
    CHECK(outcome(test::greeted()) == "open: server_flight");
    CHECK(outcome(test::accepted()) == "open: front");
    CHECK(
        outcome(test::accepted().then(1ms, model::closed{model::leg::client, "peer", "fin", ""})) ==
        "closed without a request");
    auto idle = test::dialed();
    CHECK(outcome(test::end(idle, model::leg::client)) == "closed without a byte");
    auto going = test::greeted();
    test::finish_tls13(test::answer_tls13(going));
    CHECK(outcome(going) == "open, TLS 1.3");
}

TEST_CASE("a flow is called by what was asked for, else by where it went or came from") {
    CHECK(target_of(test::asked().told()) == "releases.bazel.build:443");
    CHECK(target_of(test::accepted().told()) == "from 127.0.0.1:52114");
    auto line = test::dialed().told();
    line.request.reset();
    CHECK(target_of(line) == "192.0.2.10:443");
}

TEST_CASE("a verdict that was recorded is not made again") {
    auto on = test::silent();
    model::verdict said;
    said.id = "fault-injected";
    CHECK(verdict_of(on.then(0s, said).told())->id == "fault-injected");
    CHECK(!verdict_of(test::healthy().told()));
}
