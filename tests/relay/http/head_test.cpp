#include "http/head.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::relay::http;
using wire::front::body_kind;

namespace {

request_plan request_of(const std::string& text) {
    const auto head = wire::front::parse_request_head(as_bytes(text));
    REQUIRE(head);
    auto plan = plan_request(*head, "helloscope-test");
    REQUIRE(plan);
    return *plan;
}

response_plan response_of(const std::string& text, const request_plan& asked) {
    const auto head = wire::front::parse_response_head(as_bytes(text));
    REQUIRE(head);
    auto plan = plan_response(*head, asked, "helloscope-test");
    REQUIRE(plan);
    return *plan;
}

const request_plan get = [] {
    request_plan plan;
    plan.method = "GET";
    return plan;
}();

} // namespace

TEST_CASE("a request goes on in origin-form, with the target's host and our Via") {
    const auto plan = request_of(
        "GET http://registry.test/a?b=c HTTP/1.1\r\nHost: other.test\r\nX: 1\r\n"
        "Proxy-Connection: keep-alive\r\nConnection: X-Hop\r\nX-Hop: 2\r\nTE: trailers\r\n\r\n");
    CHECK(
        plan.origin_head ==
        "GET /a?b=c HTTP/1.1\r\nHost: registry.test\r\nX: 1\r\nVia: 1.1 helloscope-test\r\n\r\n");
    CHECK(plan.parent_head.starts_with("GET http://registry.test/a?b=c HTTP/1.1\r\nHost: reg"));
    CHECK(plan.framing.kind == body_kind::none);
    CHECK_FALSE(plan.last);
}

TEST_CASE("a chunked request is chunked again, and an upgrade is passed on") {
    const auto plan = request_of(
        "POST http://registry.test:8080/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        "Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n");
    CHECK(plan.origin_head.find("Host: registry.test:8080\r\n") != std::string::npos);
    CHECK(plan.origin_head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    CHECK(plan.origin_head.ends_with("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
    CHECK(plan.upgrade);
    CHECK(plan.last);
}

TEST_CASE("credentials for a parent come behind the other fields") {
    CHECK(
        with_authorization("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "Basic eA==") ==
        "GET / HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic eA==\r\n\r\n");
}

TEST_CASE("an answer until close is chunked for those who know chunks") {
    const std::string text = "HTTP/1.0 200 OK\r\nServer: old\r\n\r\n";
    const auto modern = response_of(text, get);
    CHECK(modern.out == written_as::chunked);
    CHECK(modern.client_stays);
    CHECK_FALSE(modern.server_stays);
    CHECK(
        modern.head == "HTTP/1.1 200 OK\r\nServer: old\r\nVia: 1.0 helloscope-test\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n");
    auto old = get;
    old.minor_version = 0;
    old.last = true;
    const auto plain = response_of(text, old);
    CHECK(plain.out == written_as::as_it_is);
    CHECK_FALSE(plain.client_stays);
    CHECK(plain.head.ends_with("Connection: close\r\n\r\n"));
}

TEST_CASE("which connection stays open is said by its own side") {
    struct row {
        std::string text;
        bool server_stays;
    };
    const auto [text, server_stays] = GENERATE(
        row{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", true},
        row{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n", false},
        row{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", false},
        row{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n", true});
    CAPTURE(text);
    const auto plan = response_of(text, get);
    CHECK(plan.server_stays == server_stays);
    CHECK(plan.client_stays);
    CHECK(plan.head.find("Connection") == std::string::npos);
}

TEST_CASE("a connection that ends after all says so once") {
    auto plan = response_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", get);
    end_client(plan);
    end_client(plan);
    CHECK_FALSE(plan.client_stays);
    CHECK(
        plan.head == "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nVia: 1.1 helloscope-test\r\n"
                     "Connection: close\r\n\r\n");
}

TEST_CASE("the nearest parent's challenge is meant for the client, nobody else's") {
    auto asked = get;
    asked.to_nearest_parent = GENERATE(true, false);
    const auto plan = response_of(
        "HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n",
        asked);
    const bool passed = plan.head.find("Proxy-Authenticate: Basic realm=\"p\"\r\n") !=
                        std::string::npos;
    CHECK(passed == asked.to_nearest_parent);
}
