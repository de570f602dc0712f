#include "helloscope/diagnose/diagnose.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

#include <algorithm>

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

TEST_CASE("a cause takes the symptoms of its stage with it") {
    const auto verdict = diagnose::diagnose(test::black_hole_facts());
    REQUIRE(verdict);
    CHECK(verdict->id == "mtu-black-hole-to-server");
    for (const auto& note : verdict->notes) CHECK(note.id != "hello-dropped");
}

TEST_CASE("the surer of two causes comes first") {
    auto f = test::silent_facts();
    f.before = {test::history("address", 0, 2), test::history("name", 3, 2, 1493)};
    test::tested(f, "whole", "silent");
    test::tested(f, "without-post-quantum", "answered");
    const auto verdict = diagnose::diagnose(f);
    REQUIRE(verdict);
    CHECK(verdict->id == "hello-size-intolerant"); // confirmed
    CHECK(
        std::ranges::find(verdict->notes, "address-broken", &model::note::id) !=
        verdict->notes.end());
}

TEST_CASE("of two causes that are as likely the verdict names both") {
    auto f = test::silent_facts();
    f.before = {test::history("address", 3, 2, 1493), test::history("name", 0, 2, 271)};
    const auto verdict = diagnose::diagnose(f);
    REQUIRE(verdict);
    CHECK(verdict->id == "name-filtered");
    f.before = {test::history("address", 0, 1), test::history("name", 3, 2, 1493)};
    test::tested(f, "tls1.2", "answered");
    const auto two = diagnose::diagnose(f);
    REQUIRE(two);
    CHECK(two->id == "hello-content-refused");
    CHECK(test::has(two->others, "address-broken"));
}

TEST_CASE("a healed flow has a verdict though it went well") {
    model::heal_attempt_ended first;
    first.sent = 1493;
    first.acked = 0;
    first.retransmits = 2;
    first.snd_mss = 1448;
    const auto verdict = diagnose::diagnose(test::healed_facts(first, "mss:1360"));
    REQUIRE(verdict);
    CHECK(verdict->id == "mtu-black-hole-to-server");
    CHECK(verdict->how_sure == model::certainty::confirmed);
}

namespace {

using model::facts;

struct known {
    const char* id;
    facts of;
};

facts retried_and_silent() {
    auto f = test::silent_facts();
    f.retried = true;
    f.client_hellos = 2;
    f.from_server = 93;
    return f;
}

facts rejected() {
    auto on = test::greeted();
    test::answer_tls13(on);
    on.then(1ms, record_of(on, up, 23, 19, true));
    test::end(on, model::leg::client);
    return model::make_facts(on.told());
}

facts tested_silent(std::initializer_list<std::pair<const char*, const char*>> tests) {
    auto f = test::silent_facts();
    for (const auto& [test, outcome] : tests) test::tested(f, test, outcome);
    return f;
}

facts stuck_upload() {
    auto f = test::still_in_data();
    f.server_leg.out.unacked = 3;
    f.server_leg.out.sacked = 1;
    f.server_leg.out.retransmits = 3;
    f.server_leg.out.smallest_lost = 1448;
    return f;
}

facts healed() {
    model::heal_attempt_ended first;
    first.sent = 1493;
    first.acked = 0;
    first.retransmits = 2;
    first.snd_mss = 1448;
    return test::healed_facts(first, "mss:1360");
}

facts dialing(const char* error) {
    auto f = test::asked_facts();
    f.at = model::stage::connect;
    f.attempts = {{test::far_side, false, 3070ms, 3, error, ""}};
    return f;
}

facts unresolved() {
    auto f = test::asked_facts();
    f.looked_up = f.host;
    f.resolve_error = "Name or service not known";
    return f;
}

facts half_a_hello() {
    auto on = test::dialed();
    auto record = record_of(on, up, 22, 1793);
    record.cut_at = 1443;
    on.then(10s, model::closed{model::leg::client, "peer", "fin", ""}).then(0s, record);
    return model::make_facts(on.told());
}

facts answered_in_http() {
    auto f = test::silent_facts();
    f.other_answer = model::not_tls{down, 0, "http"};
    f.from_server = 312;
    return f;
}

facts alerted() {
    auto on = test::greeted();
    on.then(1ms, model::alert{down, 2, 40}).then(0ms, record_of(on, down, 21, 2));
    return model::make_facts(test::end(on, model::leg::server).told());
}

facts far_away() {
    auto f = test::ended(test::silent_facts(), model::leg::client, "fin");
    f.server_leg.min_rtt = 600ms;
    f.waited = 900ms;
    f.stalled_for.reset();
    return f;
}

facts known_by_others(std::vector<model::seen_before> before) {
    auto f = test::silent_facts();
    f.before = std::move(before);
    return f;
}

facts dead_in_data() {
    auto f = test::still_in_data();
    f.server_leg.out.unacked = 2;
    f.server_leg.out.retransmits = 4;
    f.server_leg.last_heard = 9s;
    return f;
}

facts cut_in_data() {
    auto f = test::ended(test::healthy_facts(), model::leg::server, "rst");
    f.server_cut = model::record{down, 23, 0x0303, 16401, 0, {}, true, 100};
    return f;
}

// A box answers the name with a reset, unless it is cut.
facts filtered() {
    auto f = test::ended(test::silent_facts(), model::leg::server, "rst");
    test::tested(f, "whole", "rst");
    return test::tested(f, "split:midsni", "answered");
}

// The client rejects the certificate in TLS 1.3, and the chain was fetched.
facts looked_at() {
    auto on = test::greeted();
    test::answer_tls13(on);
    on.then(1ms, record_of(on, up, 23, 19, true));
    test::end(on, model::leg::client);
    auto f = model::make_facts(on.told());
    f.chain.emplace();
    f.chain->subject = "CN=a.test";
    f.chain->error = "certificate has expired";
    return f;
}

std::vector<known> right_verdicts() {
    return {
        {"mtu-black-hole-to-server", test::black_hole_facts()},
        {"mtu-black-hole-to-server", healed()},
        {"tail-dropped-to-server", test::dropped_facts(1900, 1448, 0, 2)},
        {"hello-dropped", test::dropped_facts(300, 0, 0, 1)},
        {"mtu-black-hole-to-client", test::gap_facts()},
        {"mtu-black-hole-to-client", tested_silent({{"whole", "silent"}, {"mss:536", "answered"}})},
        {"server-silent", test::silent_facts()},
        {"server-silent",
         tested_silent(
             {{"whole", "silent"}, {"mss:536", "silent"}, {"without-post-quantum", "silent"}})},
        {"hello-size-intolerant",
         tested_silent({{"whole", "silent"}, {"without-post-quantum", "answered"}})},
        {"split-intolerant", tested_silent(
                                 {{"whole", "silent"},
                                  {"without-post-quantum", "answered"},
                                  {"without-post-quantum|split:100", "silent"}})},
        {"reset-after-hello", test::ended(test::silent_facts(), model::leg::server, "rst")},
        {"closed-after-hello", test::ended(test::silent_facts(), model::leg::server, "fin")},
        {"retry-mishandled", retried_and_silent()},
        {"server-flight-stalled", test::gap_behind_full_segments()},
        {"certificate-rejected", rejected()},
        {"mtu-black-hole-in-data", stuck_upload()},
        {"mtu-black-hole-in-data", test::answer_lost_facts()},
        {"parent-refused", test::answered_by_parent(403, "Forbidden", "refused")},
        {"connect-refused", dialing("ECONNREFUSED")},
        {"connect-timeout", dialing("timeout")},
        {"host-unreachable", dialing("EHOSTUNREACH")},
        {"dns-failure", unresolved()},
        {"hello-incomplete", half_a_hello()},
        {"not-tls", answered_in_http()},
        {"no-shared-parameters", alerted()},
        {"path-slow", far_away()},
        {"name-filtered",
         known_by_others({test::history("address", 4, 1, 1493), test::history("name", 0, 1)})},
        {"address-broken",
         known_by_others({test::history("address", 0, 2), test::history("name", 3, 2, 1493)})},
        {"stalled-in-data", dead_in_data()},
        {"reset-in-data", cut_in_data()},
        {"name-filtered", filtered()},
        {"certificate-expired", looked_at()},
    };
}

using removal = void (*)(facts&);

// Each takes away something that another source might not know.
const std::vector<std::pair<const char*, removal>> removals{
    {"acked", [](facts& f) { f.server_leg.out.acked.reset(); }},
    {"sent", [](facts& f) { f.server_leg.out.sent.reset(); }},
    {"all_acked", [](facts& f) { f.server_leg.out.all_acked.reset(); }},
    {"unacked", [](facts& f) { f.server_leg.out.unacked.reset(); }},
    {"sacked", [](facts& f) { f.server_leg.out.sacked.reset(); }},
    {"retransmits", [](facts& f) { f.server_leg.out.retransmits.reset(); }},
    {"advmss", [](facts& f) { f.server_leg.advmss.reset(); }},
    {"duplicates", [](facts& f) { f.server_leg.out.duplicates.reset(); }},
    {"last_heard", [](facts& f) { f.server_leg.last_heard.reset(); }},
    {"what is unanswered", [](facts& f) { f.client_unanswered.reset(); }},
    {"who spoke last", [](facts& f) { f.last_spoke.reset(); }},
    {"total_retrans", [](facts& f) { f.server_leg.out.total_retrans.reset(); }},
    {"smallest_lost", [](facts& f) { f.server_leg.out.smallest_lost.reset(); }},
    {"packets", [](facts& f) { f.server_leg.in.packets.reset(); }},
    {"received", [](facts& f) { f.server_leg.in.bytes.reset(); }},
    {"out_of_order", [](facts& f) { f.server_leg.in.out_of_order.reset(); }},
    {"gap", [](facts& f) { f.server_leg.in.gap.reset(); }},
    {"largest_arrived", [](facts& f) { f.server_leg.in.largest_arrived.reset(); }},
    {"snd_mss", [](facts& f) { f.server_leg.snd_mss.reset(); }},
    {"pmtu", [](facts& f) { f.server_leg.pmtu.reset(); }},
    {"min_rtt", [](facts& f) { f.server_leg.min_rtt.reset(); }},
    {"the leg", [](facts& f) { f.server_leg = {}; }},
    {"the client's leg", [](facts& f) { f.client_leg = {}; }},
    {"the parsed hello", [](facts& f) { f.client_hello.reset(); }},
    {"who the client is",
     [](facts& f) {
         f.client_kind = {};
         f.user_agent.clear();
     }},
    {"stalled_for", [](facts& f) { f.stalled_for.reset(); }},
    {"waited", [](facts& f) { f.waited.reset(); }},
    {"who ended first", [](facts& f) { f.first_end.reset(); }},
    {"the server's hello", [](facts& f) { f.server_hello.reset(); }},
    {"encrypted lengths",
     [](facts& f) {
         f.client_first_encrypted.reset();
         f.client_encrypted.clear();
         f.client_encrypted_count = 0;
         f.client_last_encrypted.reset();
     }},
    {"history", [](facts& f) { f.before.clear(); }},
    {"tests", [](facts& f) { f.tests.clear(); }},
    {"healing",
     [](facts& f) {
         f.attempts_to_heal.clear();
         f.cured.reset();
     }},
    {"the chain", [](facts& f) { f.chain.reset(); }},
    {"settings", [](facts& f) { f.settings.reset(); }},
    {"parent's words", [](facts& f) { f.parent_answer.reset(); }},
};

// The same cause, or one that says the right one is possible, too, or nothing.
bool is_no_worse(const std::optional<model::verdict>& less, const model::verdict& right) {
    if (!less || less->id == "client-gave-up") return true;
    if (less->id == right.id) return less->how_sure <= right.how_sure;
    return test::has(less->others, right.id);
}

} // namespace

TEST_CASE("with less known a right verdict becomes less certain, and never a wrong one") {
    for (const auto& [id, whole] : right_verdicts()) {
        const auto right = diagnose::diagnose(whole);
        INFO(id);
        REQUIRE(right);
        CHECK(right->id == id);
        for (auto first = removals.begin(); first != removals.end(); ++first)
            for (auto second = first; second != removals.end(); ++second) {
                auto f = whole;
                first->second(f);
                second->second(f);
                const auto less = diagnose::diagnose(f);
                if (is_no_worse(less, *right)) continue;
                FAIL_CHECK(
                    "without " << first->first << " and " << second->first << ": "
                               << (less ? less->id : "none"));
            }
    }
}
