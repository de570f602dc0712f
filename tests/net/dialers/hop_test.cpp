#include "helloscope/net/dialers/hop.hpp"

#include "helloscope/net/streams/tcp_stream.hpp"
#include "helloscope/net/streams/tls_stream.hpp"
#include "net/streams/tls_peer.hpp"
#include "support/catch.hpp"
#include "support/hex.hpp"
#include "support/loopback.hpp"
#include "support/memory_stream.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

using namespace helloscope;
using namespace helloscope::net;
using namespace helloscope::test;
using namespace std::chrono_literals;
using helloscope::test::run;
using ending = hop_answer::ending;

namespace {

constexpr std::size_t whole = ~std::size_t{0};

hop_request through(std::string_view parent, std::string_view next = "registry.test:443") {
    hop_request asked;
    asked.parent = wire::front::parse_proxy_url(parent).value();
    asked.next = parse_host_port(next).value();
    return asked;
}

// A dialogue with a parent whose part the test speaks.
struct dialogue {
    asio::io_context context;
    memory_stream parent{context};
    std::optional<hop_answer> done;

    explicit dialogue(hop_request asked) {
        asio::co_spawn(context, pass_hop(parent, std::move(asked)), [this](auto, hop_answer how) {
            done = std::move(how);
        });
        go();
    }
    void go() {
        context.restart();
        context.poll();
    }
    dialogue& hears(std::string_view all, std::size_t piece = whole) {
        for (std::size_t at = 0; at < all.size(); at += std::min(piece, all.size())) {
            parent.gives(all.substr(at, piece));
            go();
        }
        return *this;
    }
    dialogue& hears_hex(std::string_view all) { return hears(as_text(hex(all))); }
    std::string said() { return std::exchange(parent.sent, {}); }
    dialogue& says_hex(std::string_view all) {
        CHECK(to_bytes(as_bytes(said())) == hex(all));
        return *this;
    }
    const hop_answer& answer() {
        REQUIRE(done);
        return *done;
    }
};

enum class then { stays, ends, breaks };

struct row {
    const char* name;
    std::string says;
    then after;
    ending how;
    unsigned status;
    std::string reason, error, early;
};

void check(const row& wanted, const hop_request& asked, const std::vector<std::size_t>& pieces) {
    const auto& [name, says, after, how, status, reason, error, early] = wanted;
    for (const auto piece : pieces) {
        CAPTURE(name, piece);
        dialogue with(asked);
        with.hears(says, piece);
        if (after == then::ends) with.parent.ends();
        if (after == then::breaks) with.parent.breaks();
        with.go();
        const auto& answer = with.answer();
        CHECK(answer.how == how);
        CHECK(answer.status == status);
        CHECK(answer.reason == reason);
        CHECK(answer.error == error);
        // What the test gives later than the answer is not read.
        if (piece == whole) CHECK(as_text(answer.early) == early);
    }
}

} // namespace

TEST_CASE("what CONNECT says") {
    struct {
        const char* name;
        std::string parent, next, via, client, sent;
    } const rows[] = {
        {"no more than needed", "http://p.test", "registry.test:443", "", "",
         "CONNECT registry.test:443 HTTP/1.1\r\nHost: registry.test:443\r\n\r\n"},
        {"an IPv6 literal and Via", "https://p.test", "[2001:db8::1]:8443", "1.1 helloscope-1", "",
         "CONNECT [2001:db8::1]:8443 HTTP/1.1\r\nHost: [2001:db8::1]:8443\r\n"
         "Via: 1.1 helloscope-1\r\n\r\n"},
        {"the client's login", "http://p.test", "a.test:1", "", "Basic Y2xpZW50Og==",
         "CONNECT a.test:1 HTTP/1.1\r\nHost: a.test:1\r\n"
         "Proxy-Authorization: Basic Y2xpZW50Og==\r\n\r\n"},
        {"our own login before it", "http://user:pass@p.test", "a.test:1", "1.1 us",
         "Basic Y2xpZW50Og==",
         "CONNECT a.test:1 HTTP/1.1\r\nHost: a.test:1\r\nVia: 1.1 us\r\n"
         "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n"},
    };
    for (const auto& [name, parent, next, via, client, sent] : rows) {
        CAPTURE(name);
        auto asked = through(parent, next);
        asked.via = via;
        asked.client_authorization = client;
        dialogue with(std::move(asked));
        CHECK(with.said() == sent);
        CHECK_FALSE(with.done);
    }
}

TEST_CASE("what an HTTP parent answers, and how that is understood") {
    std::string interim, endless;
    for (int i = 0; i < 15; ++i) interim += "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n";
    const auto no_http = [](const char* why) {
        return std::string("the answer is not HTTP/1: ") + why;
    };
    const row rows[] = {
        {"200", "HTTP/1.1 200 Connection established\r\n\r\n", then::stays, ending::passed, 200,
         "Connection established", "", ""},
        {"200 of HTTP/1.0, and an end behind it", "HTTP/1.0 200 OK\r\nA: b\r\n\r\n", then::ends,
         ending::passed, 200, "OK", "", ""},
        {"bytes of the tunnel", "HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03", then::stays, ending::passed,
         200, "OK", "", "\x16\x03\x03"},
        {"a length where none may be", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
         then::stays, ending::passed, 200, "OK", "", "hello"},
        {"no reason", "HTTP/1.1 204 \r\n\r\n", then::stays, ending::passed, 204, "", "", ""},
        {"interim answers before", interim + "HTTP/1.1 200 OK\r\n\r\nx", then::stays,
         ending::passed, 200, "OK", "", "x"},
        {"403", "HTTP/1.1 403 Blocked by policy\r\nContent-Length: 2\r\n\r\nno", then::ends,
         ending::refused, 403, "Blocked by policy", "", ""},
        {"407", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", then::stays,
         ending::wants_login, 407, "Proxy Authentication Required", "", ""},
        {"a redirection is a refusal", "HTTP/1.1 302 Found\r\nLocation: http://login.test/\r\n\r\n",
         then::stays, ending::refused, 302, "Found", "", ""},
        {"too many interim answers", interim + interim, then::stays, ending::garbled, 0, "",
         "the answer is not HTTP/1: 16 interim answers and no final one", ""},
        {"SSH", "SSH-2.0-OpenSSH_9.2\r\n", then::stays, ending::garbled, 0, "",
         no_http("malformed status-line at byte 0"), ""},
        {"TLS", "\x15\x03\x03", then::stays, ending::garbled, 0, "",
         no_http("malformed status-line at byte 0"), ""},
        {"HTTP/2", "HTTP/2 200 OK\r\n\r\n", then::stays, ending::garbled, 0, "",
         no_http("malformed HTTP-version at byte 0"), ""},
        {"no number", "HTTP/1.1 OK\r\n\r\n", then::stays, ending::garbled, 0, "",
         no_http("malformed status-code at byte 9"), ""},
        {"bare LF", "HTTP/1.1 200 OK\n\n", then::stays, ending::garbled, 0, "",
         no_http("malformed bare LF at byte 15"), ""},
        {"a head without an end", "HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'a'), then::stays,
         ending::garbled, 0, "", no_http("too long head at byte 16384"), ""},
        {"nothing", "", then::ends, ending::closed, 0, "", "without an answer", ""},
        {"half a head", "HTTP/1.1 200 OK\r\n", then::ends, ending::closed, 0, "",
         "in the middle of its answer", ""},
        {"an interim answer alone", "HTTP/1.1 100 Continue\r\n\r\n", then::ends, ending::closed, 0,
         "", "without an answer", ""},
        {"a reset", "", then::breaks, ending::broken, 0, "", "ECONNRESET", ""},
        {"a reset within the head", "HTTP/1.1 2", then::breaks, ending::broken, 0, "", "ECONNRESET",
         ""},
    };
    for (const auto& one : rows) check(one, through("http://p.test"), {whole, 1, 7});
}

TEST_CASE("an answer that refuses keeps its fields") {
    dialogue with(through("http://p.test"));
    with.hears("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"corp\"\r\n"
               "Proxy-Authenticate: Negotiate\r\nContent-Type: text/html\r\n\r\n");
    const std::vector<std::pair<std::string, std::string>> wanted{
        {"Proxy-Authenticate", "Basic realm=\"corp\""},
        {"Proxy-Authenticate", "Negotiate"},
        {"Content-Type", "text/html"}};
    CHECK(with.answer().fields == wanted);
}

TEST_CASE("what a SOCKS5 parent answers, and how that is understood") {
    const auto text = [](std::string_view digits) { return std::string(as_text(hex(digits))); };
    const auto no_socks = [](const char* why) {
        return std::string("the answer is not SOCKS5: ") + why;
    };
    const row rows[] = {
        {"succeeded", text("05 00  05 00 00 01 7f000001 1f90"), then::stays, ending::passed, 0, "",
         "", ""},
        {"bytes of the tunnel", text("05 00  05 00 00 03 01 61 0000  160303"), then::stays,
         ending::passed, 0, "", "", "\x16\x03\x03"},
        {"refused", text("05 00  05 05 00 01 00000000 0000"), then::ends, ending::refused, 5,
         "connection refused by destination host", "", ""},
        {"refused in short", text("05 00  05 02"), then::ends, ending::refused, 2,
         "connection not allowed by ruleset", "", ""},
        {"wants a login", text("05 ff"), then::ends, ending::wants_login, 0, "it wants a login", "",
         ""},
        {"HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", then::ends, ending::garbled, 0, "",
         no_socks("its first byte is 0x48, not 0x05"), ""},
        {"a method nobody offered", text("05 02"), then::stays, ending::garbled, 0, "",
         no_socks("it chose method 0x02, which we did not offer"), ""},
        {"nothing", "", then::ends, ending::closed, 0, "", "without an answer", ""},
        {"half a reply", text("05 00  05 00 00 01 7f"), then::ends, ending::closed, 0, "",
         "in the middle of its answer", ""},
        {"a reset", text("05"), then::breaks, ending::broken, 0, "", "ECONNRESET", ""},
    };
    for (const auto& one : rows) check(one, through("socks5h://p.test"), {whole, 1});
}

TEST_CASE("a dialogue in SOCKS5, with a login and a name") {
    dialogue with(through("socks5h://user:pass@p.test"));
    with.says_hex("05 02 00 02")
        .hears_hex("05 02")
        .says_hex("01 04 75736572 04 70617373")
        .hears_hex("01 00")
        .says_hex("05 01 00 03 0d 72656769737472792e74657374 01bb")
        .hears_hex("05 00 00 01 7f000001 1f90");
    CHECK(with.answer().how == ending::passed);
    CHECK(with.said().empty());
}

TEST_CASE("an address goes to a SOCKS5 parent as an address") {
    dialogue with(through("socks5://p.test", "[2001:db8::1]:443"));
    with.says_hex("05 01 00")
        .hears_hex("05 00")
        .says_hex("05 01 00 04 20010db8000000000000000000000001 01bb");
}

TEST_CASE("a parent that takes its time, or nothing at all, has a limit") {
    for (const char* parent : {"http://p.test", "socks5h://p.test"}) {
        CAPTURE(parent);
        auto asked = through(parent);
        asked.limit = 20ms;
        struct {
            const char* says;
            std::size_t takes;
            std::string error;
        } const rows[] = {
            {"", whole, "nothing within 0.02 s"},
            {parent[0] == 'h' ? "HTTP/1.1 200 OK\r\n" : "\x05", whole,
             "half an answer within 0.02 s"},
            {"", 2, "nothing within 0.02 s"},
        };
        for (const auto& [says, takes, error] : rows) {
            CAPTURE(says, takes);
            asio::io_context context;
            memory_stream stream(context);
            stream.gives(says);
            stream.takes(takes);
            const auto answer = run(context, pass_hop(stream, asked));
            CHECK(answer.how == ending::silent);
            CHECK(answer.error == error);
            CHECK(answer.took >= asked.limit);
        }
    }
}

TEST_CASE("a parent that never stops talking has the same limit") {
    auto asked = through("http://p.test");
    asked.limit = 20ms;
    dialogue with(std::move(asked));
    with.hears("HTTP/1.1 200 OK\r\nA: ");
    for (int i = 0; i < 5'000 && !with.done; ++i) {
        with.parent.gives("a");
        with.context.restart();
        with.context.run_for(1ms);
    }
    CHECK(with.answer().how == ending::silent);
}

TEST_CASE("nobody who gave up is waited for") {
    using namespace boost::asio::experimental::awaitable_operators;
    asio::io_context context;
    memory_stream stream(context);
    const auto given_up = [&]() -> awaitable<std::size_t> {
        asio::steady_timer soon(context, 1ms);
        auto first = co_await (
            pass_hop(stream, through("http://p.test")) || soon.async_wait(asio::use_awaitable));
        co_return first.index();
    };
    CHECK(run(context, given_up()) == 1);
}

TEST_CASE("an https parent is one behind TLS") {
    using namespace boost::asio::experimental::awaitable_operators;
    asio::io_context context;
    socket_pair pair(context);
    const auto parent = [&]() -> awaitable<std::string> {
        auto shaken = co_await tls_accept(
            make_tcp_stream(std::move(pair.far)), proxy_server(), 10s);
        REQUIRE(shaken.stream);
        std::uint8_t room[1000];
        moved got;
        while (got.size == 0) {
            const auto stopped = co_await shaken.stream->wait_readable();
            REQUIRE_FALSE(stopped);
            got = shaken.stream->read_now(room);
        }
        // In one record, so that the rest of it waits in OpenSSL.
        shaken.stream->write_now(as_bytes("HTTP/1.1 200 OK\r\n\r\nearly"));
        co_return std::string(as_text(bytes_view(room).first(got.size)));
    };
    const auto ours = [&]() -> awaitable<hop_answer> {
        auto shaken = co_await tls_connect(
            make_tcp_stream(std::move(pair.near)), proxy_client(), "proxy.test", 10s);
        REQUIRE(shaken.stream);
        co_return co_await pass_hop(*shaken.stream, through("https://proxy.test"));
    };
    const auto both = [&]() -> awaitable<std::pair<std::string, hop_answer>> {
        auto [heard, answer] = co_await (parent() && ours());
        co_return std::pair(std::move(heard), std::move(answer));
    };
    const auto [heard, answer] = run(context, both());
    CHECK(heard.starts_with("CONNECT registry.test:443 HTTP/1.1\r\n"));
    CHECK(answer.how == ending::passed);
    CHECK(as_text(answer.early) == "early");
}
