#include "helloscope/diagnose/diagnose.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace std::chrono_literals;
using test::record_of;

namespace {

constexpr auto up = direction::to_server;
constexpr auto down = direction::to_client;

// The verdict's id at the end and at every moment before it.
std::vector<std::string> ids_along(const test::flow& flow) {
    std::vector<std::string> ids;
    model::timeline line;
    for (const auto& event : flow.events()) {
        model::apply(line, event);
        if (const auto verdict = diagnose::diagnose(model::make_facts(line)))
            ids.push_back(verdict->id);
    }
    return ids;
}

std::string id_of(const test::flow& flow) {
    const auto verdict = diagnose::diagnose(model::make_facts(flow.told()));
    return verdict ? verdict->id : "";
}

test::flow resumed() {
    auto on = test::greeted(test::small_hello());
    model::handshake hello;
    hello.dir = down;
    hello.type = 2;
    auto answer = test::tls13_answer();
    answer.selected_psk = 0;
    hello.server_hello = std::make_shared<const wire::tls::server_hello>(answer);
    on.then(2ms, hello).then(0ms, record_of(on, down, 22, 128));
    on.then(0ms, record_of(on, down, 23, 69, true));
    return test::end(test::finish_tls13(on), model::leg::client);
}

test::flow retried() {
    auto on = test::greeted();
    wire::tls::server_hello retry;
    retry.hello_retry_request = true;
    model::handshake message;
    message.dir = down;
    message.type = 2;
    message.server_hello = std::make_shared<const wire::tls::server_hello>(retry);
    on.then(1ms, message).then(0ms, record_of(on, down, 22, 88));
    test::greet(on, test::small_hello());
    return test::end(test::finish_tls13(test::answer_tls13(on)), model::leg::server);
}

test::flow plain_tunnel() {
    auto on = test::dialed();
    on.then(1ms, model::not_tls{up, 0, "http"}).then(0ms, model::bytes_read{up, 0, 90, 1});
    on.then(1ms, model::not_tls{down, 0, "http"}).then(0ms, model::bytes_read{down, 0, 500, 1});
    return test::end(on, model::leg::server, "rst");
}

test::flow server_speaks_first() {
    auto on = test::dialed();
    on.then(1ms, model::not_tls{down, 0, "ssh"}).then(0ms, model::bytes_read{down, 0, 40, 1});
    return test::end(on, model::leg::client);
}

test::flow opened_and_closed_behind_the_handshake() {
    auto on = test::greeted();
    return test::end(test::finish_tls13(test::answer_tls13(on)), model::leg::client);
}

test::flow half_closed() {
    auto on = test::greeted();
    test::finish_tls13(test::answer_tls13(on));
    on.then(1ms, model::closed{model::leg::client, "peer", "fin", ""});
    on.then(5s, record_of(on, down, 23, 16401, true));
    return on.then(1ms, model::closed{model::leg::server, "peer", "fin", ""});
}

test::flow through_a_parent() {
    auto on = test::through_parent();
    test::finish_tls13(test::answer_tls13(test::greet(on, test::go_hello())));
    return test::end(on, model::leg::client);
}

test::flow plain_exchanges() {
    auto on = test::asked_plainly();
    on.then(0ms, model::routed{{test::proxy}, "HTTP_PROXY"});
    test::reach_parent(on);
    test::exchange(on, 200, 1234);
    on.then(5s, model::requested{"http", "GET", "example.test", 80, "HTTP/1.1", 90, {}});
    test::exchange(on, 304, 0);
    return test::end(on, model::leg::client);
}

} // namespace

TEST_CASE("healthy flows get no verdict, at no moment of their life") {
    CHECK(ids_along(test::healthy()).empty());
    CHECK(ids_along(resumed()).empty());
    CHECK(ids_along(retried()).empty());
    CHECK(ids_along(plain_tunnel()).empty());
    CHECK(ids_along(server_speaks_first()).empty());
    CHECK(ids_along(opened_and_closed_behind_the_handshake()).empty());
    CHECK(ids_along(half_closed()).empty());
    auto probe = test::accepted();
    CHECK(ids_along(probe.then(1ms, model::closed{model::leg::client, "peer", "fin", ""})).empty());
    auto tunnel = test::dialed();
    CHECK(ids_along(test::end(tunnel, model::leg::client)).empty());
    CHECK(ids_along(through_a_parent()).empty());
    CHECK(ids_along(plain_exchanges()).empty());
}

TEST_CASE("a slow server is suspected while it is silent, and cleared when it answers") {
    auto on = test::silent(false);
    CHECK(id_of(on) == "server-silent");
    test::end(test::finish_tls13(test::answer_tls13(on)), model::leg::client);
    CHECK(id_of(on) == "");
}

TEST_CASE("each failure gets the verdict of the first stage that failed") {
    CHECK(id_of(test::silent()) == "server-silent");

    auto refused = test::asked();
    refused.then(0ms, model::resolved{"x", {test::far_side.address}, "dns", 1ms, ""});
    refused.then(1ms, model::connect_failed{test::far_side, 1ms, 0, "ECONNREFUSED", ""});
    refused.then(0ms, model::answered{502, "connection refused", "helloscope; error=x"});
    CHECK(id_of(refused) == "connect-refused");

    auto unknown = test::asked();
    unknown.then(5ms, model::resolved{"x", {}, "dns", 5ms, "Name or service not known"});
    unknown.then(0ms, model::answered{502, "no such name", "helloscope; error=dns_error"});
    CHECK(id_of(unknown) == "dns-failure");

    auto forbidden = test::at_parent();
    test::refuse(forbidden, {test::proxy, 403, "Forbidden", 2ms, "refused"});
    CHECK(id_of(forbidden) == "parent-refused");

    auto nowhere = test::routed();
    nowhere.then(1ms, model::connect_failed{test::proxy_side, 1ms, 0, "ECONNREFUSED", ""});
    test::refuse(nowhere, {test::proxy, 0, "ECONNREFUSED", 1ms, "unreachable"});
    CHECK(id_of(nowhere) == "parent-unreachable");

    auto alert = test::greeted();
    alert.then(1ms, model::alert{down, 2, 40}).then(0ms, record_of(alert, down, 21, 2));
    CHECK(id_of(test::end(alert, model::leg::server)) == "no-shared-parameters");
}

TEST_CASE("what else was found becomes a note") {
    auto f = test::asked_facts();
    const auto v6 = *parse_endpoint("[2001:db8::1]:443");
    f.attempts = {
        {v6, false, 1ms, 0, "ENETUNREACH", ""}, {test::far_side, false, 10s, 4, "timeout", ""}};
    const auto verdict = diagnose::diagnose(f);
    REQUIRE(verdict);
    CHECK(verdict->id == "connect-timeout");
    REQUIRE(verdict->notes.size() == 1);
    CHECK(verdict->notes[0].id == "host-unreachable");
}

TEST_CASE("a client that left is the verdict only when nothing explains more") {
    auto on = test::greeted();
    test::end(on.then(10s, model::path{model::leg::server, {}}), model::leg::client);
    CHECK(id_of(on) == "client-gave-up"); // no kernel to ask: silent, dropped or lost
}
