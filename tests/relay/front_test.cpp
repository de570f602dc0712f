#include "relay/fronting.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using namespace std::chrono_literals;
using test::fronting;

namespace {

constexpr std::string_view head =
    "CONNECT registry.test:443 HTTP/1.1\r\nHost: registry.test:443\r\n"
    "Proxy-Authorization: Basic czNjcjN0\r\nUser-Agent: Go-http-client/1.1\r\n\r\n";

} // namespace

TEST_CASE_METHOD(
    fronting, "CONNECT is read however it is cut, and what follows belongs to the tunnel") {
    const auto step = GENERATE(1U, 2U, 7U, 40U, 1'000U);
    start();
    const auto all = std::string(head) + "early";
    for (std::size_t at = 0; at < all.size() && !over; at += step) says(all.substr(at, step));
    REQUIRE(over);
    REQUIRE(asked);
    CHECK(asked->target == host_port{"registry.test", 443});
    CHECK(std::string("early").starts_with(as_text(from.unused())));
    CHECK(client->sent.empty()); // the answer is the runner's
    const auto requests = told.all<model::requested>();
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].host == "registry.test");
    CHECK(requests[0].length == head.size());
}

TEST_CASE_METHOD(fronting, "what is no CONNECT gets a clear refusal") {
    struct row {
        std::string says;
        std::string status_line;
        std::string front;
    };
    const auto [text, line, front_name] = GENERATE(
        row{"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n",
            "HTTP/1.1 400 this is a proxy, not a web server", "http"},
        row{"GET https://example.test/ HTTP/1.1\r\nHost: example.test\r\n\r\n",
            "HTTP/1.1 400 only http:// URLs are asked for in full", "http"},
        row{"CONNECT example.test:443 HTTP/1.1\r\nVia: 1.1 helloscope-00007e57\r\n\r\n",
            "HTTP/1.1 502 the request came back to this proxy", "connect"},
        row{"CONNECT registry.test HTTP/1.1\r\n\r\n", "HTTP/1.1 400 CONNECT needs HOST:PORT",
            "connect"},
        row{"CONNECT registry.test:443 HTTP/1.1\nHost: x\n\n",
            "HTTP/1.1 400 the request head is not HTTP/1", "http"},
        row{"\x01\x02garbage", "HTTP/1.1 400 this port speaks HTTP and SOCKS", "unknown"},
        row{"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 this port speaks HTTP and SOCKS", "unknown"});
    CAPTURE(text);
    start();
    says(text);
    CHECK(status_line().starts_with(line));
    CHECK(client->sends_ended);
    CHECK(front() == front_name);
    CHECK_FALSE(over); // until the client has taken the answer and closes
    client->ends();
    settle();
    CHECK(over);
    CHECK_FALSE(asked);
    CHECK(client->was_closed);
    CHECK(told.all<model::answered>().size() == 1);
}

TEST_CASE_METHOD(fronting, "a head of more than 16 KiB is refused, however it comes") {
    start();
    says("CONNECT registry.test:443 HTTP/1.1\r\n");
    const auto line = "X-Padding: " + std::string(1'000, 'x') + "\r\n";
    for (int i = 0; i < 20 && client->sent.empty(); ++i) says(line);
    CHECK(status_line() == "HTTP/1.1 431 the request head is longer than 16384 bytes");
    client->ends();
    settle();
    CHECK(over);
}

TEST_CASE_METHOD(fronting, "a client that leaves is told as it left") {
    start();
    says("CONNECT reg");
    client->ends();
    settle();
    CHECK(over);
    const auto closings = told.all<model::closed>();
    REQUIRE(closings.size() == 1);
    CHECK(closings[0].how == "fin");
    CHECK(client->sent.empty());
}

TEST_CASE("a head that never ends, and a client that says nothing, meet the deadline") {
    const std::string said = GENERATE("", "CONNECT reg");
    CAPTURE(said);
    fronting front;
    front.options().limits.front = 1ms;
    front.start();
    front.client->gives(said);
    while (!front.over && front.client->sent.empty()) front.context.run_one();
    front.client->ends();
    front.context.restart();
    while (!front.over) front.context.run_one();
    const auto closings = front.told.all<model::closed>();
    REQUIRE_FALSE(closings.empty());
    CHECK(closings[0].how == "timeout");
    CHECK(closings[0].error == "--front-timeout");
    if (!said.empty())
        CHECK(front.status_line() == "HTTP/1.1 408 no whole request head within 0.001 s");
}
