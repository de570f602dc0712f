#include "helloscope/model/timeline.hpp"

#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using namespace helloscope::model;
using namespace std::chrono_literals;
using test::record_of;

namespace {

constexpr auto up = direction::to_server;
constexpr auto down = direction::to_client;

} // namespace

TEST_CASE("a healthy flow's stages have the durations of what happened in them") {
    const auto line = test::healthy().told();
    CHECK(length_of(line.of(stage::front)) == 400us);
    CHECK(length_of(line.of(stage::resolve)) == 1200us);
    CHECK(length_of(line.of(stage::connect)) == 300us);
    CHECK(length_of(line.of(stage::hello)) == 100us);
    CHECK(length_of(line.of(stage::server_flight)) == 2100us);
    CHECK(length_of(line.of(stage::client_finish)) == 800us);
    CHECK(length_of(line.of(stage::data)) == 12100us);
    CHECK(line.at == stage::data);
    CHECK(line.established());
    REQUIRE(line.ended);
    CHECK(line.closings.size() == 2);
    CHECK(line.user_agent == "Go-http-client/1.1");
    CHECK(line.request->headers.empty());
    REQUIRE(line.attempts.size() == 1);
    CHECK(line.attempts[0].stands);
    CHECK(line.hello_bytes == 1493);
}

TEST_CASE("records are counted by direction, type and length, runs included") {
    const auto line = test::healthy().told();
    CHECK(line.of(up).records == 4);
    CHECK(line.of(up).bytes == 1493 + 6 + 58 + 219);
    CHECK(line.of(up).types == std::array<std::uint64_t, 6>{1, 0, 1, 2, 0, 0});
    CHECK(line.of(up).lengths == std::array<std::uint64_t, 7>{2, 1, 0, 1, 0, 0, 0});
    CHECK(line.of(down).records == 4 + 256);
    CHECK(line.of(down).lengths == std::array<std::uint64_t, 7>{1, 0, 0, 3, 0, 0, 256});
    CHECK(line.of(down).first_encrypted == 2817u);
    CHECK(line.of(up).first_encrypted == 53u);
}

TEST_CASE("a length counts up to its bound") {
    auto on = test::dialed();
    for (const std::uint32_t length : {0, 64, 65, 256, 257, 16384, 16385, 65535})
        on.then(1us, record_of(on, up, 23, length));
    CHECK(on.told().of(up).lengths == std::array<std::uint64_t, 7>{2, 2, 1, 0, 0, 1, 2});
}

TEST_CASE("a full TLS 1.2 handshake is over when the server's Finished came") {
    auto on = test::greeted();
    wire::tls::server_hello answer;
    answer.version = 0x0303;
    handshake hello;
    hello.dir = down;
    hello.type = 2;
    hello.server_hello = std::make_shared<const wire::tls::server_hello>(answer);
    handshake certificates;
    certificates.dir = down;
    certificates.type = 11;
    certificates.certificate_sizes = {1200, 900};
    on.then(2ms, hello).then(0ms, certificates).then(0ms, record_of(on, down, 22, 3000));
    on.then(1ms, record_of(on, up, 22, 70)); // ClientKeyExchange
    CHECK(on.told().at == stage::client_finish);
    on.then(0ms, record_of(on, up, 20, 1)).then(0ms, record_of(on, up, 22, 40, true));
    CHECK(!on.told().established());
    on.then(2ms, record_of(on, down, 20, 1)).then(0ms, record_of(on, down, 22, 40, true));
    const auto line = on.told();
    CHECK(line.established());
    CHECK(length_of(line.of(stage::server_flight)) == 2ms);
    CHECK(length_of(line.of(stage::client_finish)) == 3ms);
    CHECK(line.of(down).certificate_sizes == std::vector<std::uint32_t>{1200, 900});
}

TEST_CASE("a HelloRetryRequest is one, and the second hello does not replace the first") {
    auto on = test::greeted();
    wire::tls::server_hello retry;
    retry.hello_retry_request = true;
    handshake message;
    message.dir = down;
    message.type = 2;
    message.server_hello = std::make_shared<const wire::tls::server_hello>(retry);
    on.then(1ms, message).then(0ms, record_of(on, down, 22, 88));
    test::greet(on, test::small_hello());
    const auto line = on.told();
    CHECK(line.retried);
    CHECK(!line.server_hello);
    CHECK(line.client_hello->size == 1488);
    CHECK(line.of(up).messages.size() == 2);
    CHECK(line.at == stage::server_flight);
    CHECK(!line.of(stage::server_flight).end);
}

TEST_CASE("early data is not taken for the client's Finished") {
    auto on = test::greeted();
    on.then(0ms, record_of(on, up, 23, 300, true));
    test::answer_tls13(on);
    CHECK(!on.told().established());
    CHECK(!on.told().of(up).first_encrypted);
}

TEST_CASE("what the client said with its hello counts as that, told singly or together") {
    auto singly = test::greeted();
    const auto hello = singly.told().hello_bytes;
    singly.then(0ms, record_of(singly, up, 23, 300, true));
    CHECK(singly.told().hello_bytes == hello + 305);
    auto together = test::greeted();
    together.then(0ms, records{up, 0x0303, hello, 2, 610, together.now(), {{300, 2}}});
    CHECK(together.told().hello_bytes == hello + 610);
    test::answer_tls13(together);
    together.then(0ms, records{up, 0x0303, 0, 2, 300, together.now(), {{53, 1}, {237, 1}}});
    CHECK(together.told().hello_bytes == hello + 610);
    CHECK(together.told().of(up).first_encrypted == 53u);
    CHECK(together.told().established());
}

TEST_CASE("a stall stands until something moves, and what was concluded in it goes with it") {
    auto on = test::silent(false);
    verdict said;
    said.id = "server-silent";
    on.then(0ms, said);
    const auto standing = on.told();
    REQUIRE(standing.stall);
    CHECK(standing.stall->at == stage::server_flight);
    REQUIRE(standing.of(leg::server));
    CHECK(standing.of(leg::server)->bytes_acked == 1494u);
    CHECK(standing.concluded->id == "server-silent");

    test::answer_tls13(on);
    const auto moved = on.told();
    CHECK(!moved.stall);
    CHECK(!moved.concluded);
    CHECK(moved.stalls == 1);
    CHECK(length_of(moved.of(stage::server_flight)) == std::nullopt);
}

TEST_CASE("a verdict on a closed flow stays") {
    auto on = test::silent();
    verdict said;
    said.id = "server-silent";
    CHECK(on.then(0ms, said).told().concluded->id == "server-silent");
}

TEST_CASE("a tunnel without TLS is data from its first byte") {
    auto on = test::dialed();
    on.then(1ms, not_tls{up, 0, "http"}).then(0ms, bytes_read{up, 0, 90, 1});
    on.then(1ms, not_tls{down, 0, "http"}).then(0ms, bytes_read{down, 0, 500, 1});
    const auto line = on.told();
    CHECK(line.established());
    CHECK(line.of(up).bytes == 90);
    CHECK(line.of(down).other->looks_like == "http");
}

TEST_CASE("an answer to the ClientHello that is no TLS leaves the flow where it was") {
    auto on = test::greeted();
    on.then(1ms, not_tls{down, 0, "http"}).then(0ms, bytes_read{down, 0, 500, 1});
    CHECK(on.told().at == stage::server_flight);
    CHECK(!on.told().established());
}

TEST_CASE("a close_notify is no complaint; a fatal alert outweighs a warning") {
    auto on = test::greeted();
    on.then(0ms, alert{down, 1, 0});
    CHECK(!on.told().of(down).complaint);
    on.then(0ms, alert{down, 1, 112}).then(0ms, alert{down, 2, 40}).then(0ms, alert{down, 2, 80});
    CHECK(on.told().of(down).complaint->what.description == 40);
}

TEST_CASE("attempts are kept with how they ended, also when their beginning is unknown") {
    const auto v6 = *parse_endpoint("[2001:db8::1]:443");
    auto on = test::asked();
    on.then(1ms, connecting{v6}).then(250ms, connecting{test::far_side});
    on.then(1s, connect_failed{v6, 1250ms, 1, "ENETUNREACH", ""});
    on.then(1s, connect_failed{test::far_side, 2s, 2, "timeout", "198.51.100.1"});
    const auto line = on.told();
    REQUIRE(line.attempts.size() == 2);
    CHECK(line.attempts[0].error == "ENETUNREACH");
    CHECK(line.attempts[1].reported_by == "198.51.100.1");
    CHECK(line.attempts[1].syn_retransmits == 2u);
    CHECK(length_of(line.of(stage::connect)) == 2250ms);

    auto late = test::asked();
    late.then(5ms, connected{v6, v6, 5ms, {}});
    REQUIRE(late.told().attempts.size() == 1);
    CHECK(length_of(late.told().of(stage::connect)) == 5ms);
}

TEST_CASE("a parent's stage lasts from its connection to its word") {
    const auto line = test::through_parent().told();
    CHECK(line.route->parents == std::vector{test::proxy});
    CHECK(line.route->source == "HTTPS_PROXY");
    CHECK(line.parent_answer->status == 200);
    CHECK(length_of(line.of(stage::connect)) == 300us);
    CHECK(length_of(line.of(stage::parent)) == 3100us);
    CHECK(line.at == stage::hello);

    auto on = test::at_parent();
    CHECK(on.told().at == stage::parent);
    CHECK(!length_of(on.told().of(stage::parent)));
    test::refuse(on, {test::proxy, 403, "Forbidden", 2ms, "refused"});
    CHECK(length_of(on.told().of(stage::parent)) == 2ms);
    CHECK(on.told().at == stage::parent);
}

TEST_CASE("of a chain the last parent ends the stage") {
    auto on = test::routed({test::proxy, "socks5h://far.corp:1080"});
    test::reach_parent(on);
    on.then(2ms, parent_answered{test::proxy, 200, "OK", 2ms, ""});
    CHECK(!on.told().of(stage::parent).end);
    CHECK(on.told().parents_passed == 1);
    on.then(3ms, parent_answered{"socks5h://far.corp:1080", 0, "", 3ms, ""});
    CHECK(length_of(on.told().of(stage::parent)) == 5ms);
    CHECK(on.told().parent_answer->parent == "socks5h://far.corp:1080");
}

TEST_CASE("a parent that is not reached has no stage, and none that was not chosen") {
    auto on = test::routed();
    test::refuse(on, {test::proxy, 0, "ECONNREFUSED", 1ms, "unreachable"});
    CHECK(!on.told().of(stage::parent).begin);
    CHECK(on.told().at == stage::resolve);
    CHECK(!test::dialed().told().of(stage::parent).begin);
    auto direct = test::routed({});
    CHECK(!test::reach_parent(direct).told().of(stage::parent).begin);
}

TEST_CASE("exchanges of plain HTTP are counted, and are data") {
    auto on = test::asked_plainly();
    test::reach_parent(on);
    test::exchange(on, 200, 1000);
    on.then(1s, requested{"http", "GET", "other.test", 8080, "HTTP/1.1", 90, {}});
    test::exchange(on, 404, 34);
    const auto line = on.told();
    CHECK(line.exchanges.count == 2);
    CHECK(line.exchanges.failed == 1);
    CHECK(line.exchanges.response_bytes == 1034);
    CHECK(line.exchanges.last->status == 404);
    CHECK(line.requests == 2);
    CHECK(line.request->host == "example.test");
    CHECK(line.target == host_port{"other.test", 8080});
    CHECK(line.at == stage::data);
    CHECK(length_of(line.of(stage::data)) == 2500us + 1s + 2500us);
}

TEST_CASE("plain HTTP is neither a hello nor a tunnel of something else") {
    auto on = test::asked_plainly();
    test::reach_parent(on);
    on.then(1ms, not_tls{up, 0, "http"}).then(0ms, bytes_read{up, 0, 90, 1});
    const auto line = on.told();
    CHECK(!line.of(stage::hello).begin);
    CHECK(!line.established());
    CHECK(line.of(up).bytes == 90);
}

TEST_CASE("a parent that takes plain HTTP as it is has no stage of its own") {
    auto on = test::asked_plainly();
    on.then(0ms, routed{{test::proxy}, "HTTP_PROXY"});
    test::reach_parent(on);
    CHECK(on.told().of(stage::parent).begin); // it owes an answer
    test::exchange(on, 200, 5);
    CHECK(!on.told().of(stage::parent).begin);
}

TEST_CASE("another request finds a way of its own, or takes the one that stands") {
    auto on = test::asked_plainly();
    test::reach_parent(on);
    test::exchange(on, 200, 5);
    on.then(0ms, closed{leg::server, "peer", "fin", ""});
    verdict said;
    said.id = "of the first";
    on.then(0ms, said);
    on.then(0ms, requested{"http", "GET", "other.test", 80, "HTTP/1.1", 90, {}});
    CHECK(on.told().attempts.size() == 1);
    CHECK(on.told().closings.empty());
    CHECK(!on.told().concluded);

    on.then(1s, connecting{test::far_side});
    on.then(1ms, connect_failed{test::far_side, 1ms, 0, "ECONNREFUSED", ""});
    const auto line = on.told();
    REQUIRE(line.attempts.size() == 1);
    CHECK(line.attempts[0].error == "ECONNREFUSED");
    CHECK(!line.names);
    CHECK(length_of(line.of(stage::connect)) == 1ms);
}

TEST_CASE("a connection that is opened again, for the same request, is another way") {
    auto on = test::asked_plainly();
    on.then(0ms, routed{{test::proxy}, "HTTP_PROXY"});
    test::reach_parent(on);
    test::exchange(on, 200, 5);
    on.then(0ms, requested{"http", "GET", "example.test", 80, "HTTP/1.1", 90, {}});
    on.then(0ms, closed{leg::server, "helloscope", "fin", ""}); // the kept one had ended
    on.then(0ms, resolved{"example.test", {test::far_side.address}, "dns", 1ms, ""});
    on.then(1ms, connect_failed{test::far_side, 1ms, 0, "ECONNREFUSED", ""});
    const auto line = on.told();
    CHECK(line.attempts.size() == 1);
    CHECK(line.closings.empty());
    CHECK(!line.route);
    CHECK(line.names->host == "example.test");
}

TEST_CASE("a front without words is at the hello when its server leg stands") {
    for (const auto* front : {"reverse", "redirect", "tproxy"}) {
        auto on = test::accepted();
        on.then(0ms, requested{front, "", "192.0.2.10", 443, "", 0, {}});
        auto direct = on;
        direct.then(1ms, connected{test::far_side, test::far_side, 1ms, 0});
        CHECK(direct.told().at == stage::hello);
        on.then(0ms, routed{{test::proxy}, "--via"});
        CHECK(test::reach_parent(on).told().at == stage::parent);
        on.then(1ms, parent_answered{test::proxy, 200, "OK", 1ms, ""});
        CHECK(on.told().at == stage::hello);
    }
}

TEST_CASE("a client that asks again with a login is not refused any more") {
    auto on = test::asked();
    on.then(0ms, answered{407, "credentials needed", ""});
    CHECK(!on.told().login_sent);
    requested again{"connect", "CONNECT", "releases.bazel.build", 443, "HTTP/1.1", 150, {}};
    again.headers = {{"proxy-authorization", 20, {}}};
    on.then(1ms, again);
    CHECK(!on.told().answer);
    CHECK(on.told().login_sent);
    CHECK(on.told().user_agent == "Go-http-client/1.1");
}

TEST_CASE("PROXY protocol headers are kept for each leg") {
    const auto real = *parse_endpoint("203.0.113.7:41000");
    auto on = test::asked();
    on.then(0ms, proxy_protocol{leg::client, 2, real, test::far_side});
    on.then(0ms, proxy_protocol{leg::server, 1, {}, {}});
    const auto line = on.told();
    CHECK(line.introduced->source == real);
    CHECK(line.announced->version == 1);
    CHECK(!line.announced->source);
}

TEST_CASE("nothing a flow does makes its timeline grow without bound") {
    auto on = test::greeted();
    for (int i = 0; i < 1000; ++i) {
        handshake message;
        message.dir = down;
        message.certificate_sizes = {1, 2, 3};
        on.then(0ms, connecting{test::far_side}).then(0ms, message).then(0ms, closed{});
        on.then(0ms, record_of(on, down, 23, 100, true));
    }
    resolved many;
    many.addresses.resize(1000);
    const auto line = on.then(0ms, many).told();
    CHECK(line.attempts.size() == 16);
    CHECK(line.attempts_left_out == 1 + 1000 - 16);
    CHECK(line.of(down).messages.size() == 16);
    CHECK(line.of(down).messages_left_out == 1000 - 16);
    CHECK(line.of(down).certificate_sizes.size() == 16);
    CHECK(line.closings.size() == 8);
    CHECK(line.names->addresses.size() == 16);
    CHECK(sizeof(timeline) <= 4096);

    auto talkative = test::asked_plainly();
    for (int i = 0; i < 1000; ++i) {
        talkative.then(0ms, requested{"http", "GET", "other.test", 80, "HTTP/1.1", 90, {}});
        talkative.then(0ms, routed{std::vector<std::string>(100, "p"), ""});
        talkative.then(0ms, connecting{test::far_side}).then(0ms, closed{});
        talkative.then(0ms, parent_answered{"p", 502, std::string(5000, 'x'), {}, "refused"});
        test::exchange(talkative, 200, 1);
    }
    const auto web = talkative.told();
    CHECK(web.exchanges.count == 1000);
    CHECK(web.attempts.size() == 1);
    CHECK(web.closings.size() == 1);
    CHECK(web.route->parents.size() == 16);
    CHECK(web.parent_answer->reason.size() == 200);
}

TEST_CASE("a verdict without an id takes back the one before") {
    auto on = test::silent(false);
    verdict said;
    said.id = "server-silent";
    CHECK(on.then(1ms, said).told().concluded->id == "server-silent");
    CHECK(!on.then(1ms, verdict()).told().concluded);
}
