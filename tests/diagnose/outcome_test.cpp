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
    CHECK(
        outcome(test::asked()
                    .then(1ms, model::answered{502, "internal error", ""})
                    .then(0ms, model::closed{model::leg::client, "helloscope", "fin", ""})) ==
        "answered 502");
    auto going = test::greeted();
    test::finish_tls13(test::answer_tls13(going));
    CHECK(outcome(going) == "open, TLS 1.3");
}

TEST_CASE("plain HTTP went well, or not, by its exchanges") {
    auto on = test::asked_plainly();
    CHECK(outcome(test::exchange(on, 200, 1)) == "open, plain HTTP");
    auto over = on;
    CHECK(outcome(test::end(over, model::leg::client)) == "ok, plain HTTP");
    CHECK(outcome(test::exchange(on, 404, 1)) == "plain HTTP, 1 of 2 failed");
    on.then(0ms, model::requested{"http", "GET", "b.test", 80, "HTTP/1.1", 9, {}});
    on.then(0ms, model::answered{502, "internal error", "helloscope; error=x"});
    CHECK(outcome(test::end(on, model::leg::client)) == "answered 502");
    auto missing = test::asked_plainly();
    CHECK(outcome(test::exchange(missing, 404, 1)) == "plain HTTP, 404");
    auto lost = test::asked_plainly();
    CHECK(outcome(test::exchange(lost, 0, 0)) == "plain HTTP, no answer");
}

TEST_CASE("a front is named where nothing else shows it, a client by who it is") {
    CHECK(front_of(test::announced().told()) == "socks5");
    CHECK(front_of(test::asked().told()).empty());
    CHECK(front_of(test::asked_plainly().told()).empty());
    CHECK(front_of(test::accepted().told()).empty());
    CHECK(to_string(client_of(test::announced().told())) == "203.0.113.7:41000");
    auto local = test::accepted();
    local.then(0ms, model::proxy_protocol{model::leg::client, 2, {}, {}});
    CHECK(to_string(client_of(local.told())) == "127.0.0.1:52114");
}

TEST_CASE("a flow is called by what was asked for, else by where it went or came from") {
    CHECK(target_of(test::asked().told()) == "releases.bazel.build:443");
    CHECK(target_of(test::accepted().told()) == "from 127.0.0.1:52114");
    auto line = test::dialed().told();
    line.request.reset();
    CHECK(target_of(line) == "192.0.2.10:443");
    auto on = test::asked_plainly("a.test");
    on.then(1ms, model::requested{"http", "GET", "b.test", 80, "HTTP/1.1", 9, {}});
    CHECK(target_of(on.told()) == "a.test:80");
    CHECK(target_of(on.then(0ms, model::answered{502, "", ""}).told()) == "b.test:80");
}

TEST_CASE("a verdict that was recorded is not made again") {
    auto on = test::silent();
    model::verdict said;
    said.id = "fault-injected";
    CHECK(verdict_of(on.then(0s, said).told())->id == "fault-injected");
    CHECK(!verdict_of(test::healthy().told()));
}
