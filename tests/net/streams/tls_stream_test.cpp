#include "helloscope/net/streams/tls_stream.hpp"

#include "helloscope/net/streams/tcp_stream.hpp"
#include "net/streams/tls_peer.hpp"
#include "support/catch.hpp"
#include "support/loopback.hpp"
#include "support/memory_stream.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <openssl/err.h>
#include <random>

using namespace helloscope;
using namespace helloscope::net;
using namespace helloscope::test;
using namespace boost::asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using helloscope::test::run;
namespace asio = boost::asio;

namespace {

constexpr std::size_t whole = ~std::size_t{0};

// A handshake of ours over a wire in memory. What the peer says arrives in pieces.
struct meeting {
    asio::io_context context;
    memory_stream* wire = nullptr; // gone when the handshake has failed
    std::string last_words;        // what it had sent and nobody had passed on then
    std::optional<tls_peer> peer;
    std::optional<tls_handshake> done;
    std::size_t piece = whole;
    std::chrono::milliseconds limit{10'000};

    std::unique_ptr<stream> make_wire() {
        auto made = std::make_unique<memory_stream>(context);
        wire = made.get();
        wire->last_words = &last_words;
        return made;
    }
    void accepts(bytes early = bytes()) {
        if (!peer) peer.emplace(proxy_client());
        begin(tls_accept(make_wire(), proxy_server(), limit, std::move(early)));
    }
    void connects(std::string name = "proxy.test", tls_client_context ours = proxy_client()) {
        if (!peer) peer.emplace(proxy_server());
        begin(tls_connect(make_wire(), std::move(ours), std::move(name), limit));
    }
    void begin(awaitable<tls_handshake> work) {
        asio::co_spawn(
            context, std::move(work), [this](auto, tls_handshake how) { done = std::move(how); });
        go();
    }
    void go() {
        context.restart();
        context.poll();
    }
    // Once each way.
    void pass_on() {
        peer->hears(std::exchange(wire->sent, {}));
        peer->shake_hands();
        arrives(peer->says(), piece);
    }
    void arrives(const std::string& said, std::size_t by) {
        for (std::size_t at = 0; at < said.size() && !failed(); at += std::min(by, said.size())) {
            wire->gives(said.substr(at, by));
            go();
        }
        go();
    }
    bool failed() const { return done && !done->stream; }
    meeting& shake_hands() {
        for (int turn = 0; turn < 10 && !done; ++turn) pass_on();
        pass_on();
        REQUIRE(done);
        INFO(done->error);
        REQUIRE(done->stream);
        return *this;
    }
    std::string error() { // of a handshake that fails
        for (int turn = 0; turn < 10 && !done; ++turn) pass_on();
        if (!done) return "pending";
        CHECK((done->stream == nullptr) == !done->error.empty());
        peer->hears(last_words);
        return done->error;
    }
    stream& near() { return *done->stream; }
    std::string read() {
        std::uint8_t some[100];
        std::string all;
        moved got;
        while (!(got = near().read_now(some)).error)
            all += as_text(bytes_view(some).first(got.size));
        end = got.error;
        return all;
    }
    std::string peer_reads() {
        pass_on();
        return peer->read();
    }
    std::optional<error_code> waited; // how the wait that begins here ended
    void waits(awaitable<error_code> wait) {
        waited.reset();
        asio::co_spawn(context, std::move(wait), [this](auto, error_code how) { waited = how; });
        go();
    }
    error_code end;
};

template <class F> void either_side(F test) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const bool accepts : {false, true}) {
            CAPTURE(version, accepts);
            meeting on;
            if (accepts)
                on.peer.emplace(proxy_client());
            else
                on.peer.emplace(proxy_server());
            SSL_set_max_proto_version(on.peer->native(), version);
            if (accepts)
                on.accepts();
            else
                on.connects();
            test(on);
        }
    }
}

// ---- transfers between two of ours

awaitable<error_code> send_all(stream& to, std::string_view text) {
    auto rest = as_bytes(text);
    while (!rest.empty()) {
        const auto sent = to.write_now(rest);
        rest = rest.subspan(sent.size);
        if (!sent.error) continue;
        if (sent.error != asio::error::would_block) co_return sent.error;
        if (const auto error = co_await to.wait_writable()) co_return error;
    }
    to.shutdown_send();
    co_return error_code();
}

awaitable<std::string> receive_all(stream& from) {
    std::string all;
    bytes room(30'000);
    while (true) {
        const auto got = from.read_now(room);
        all += as_text(bytes_view(room).first(got.size));
        if (got.error && got.error != asio::error::would_block) {
            CHECK(got.error == asio::error::eof);
            co_return all;
        }
        if (const auto error = co_await from.wait_readable()) co_return "cut";
    }
}

std::string much(std::size_t size, unsigned seed) {
    std::minstd_rand next(seed);
    std::string text(size, ' ');
    std::ranges::generate(text, [&] { return static_cast<char>(next()); });
    return text;
}

} // namespace

TEST_CASE("a handshake and a text each way, whole, by bytes and through a narrow wire") {
    for (const auto& [piece, room] :
         {std::pair(whole, whole), std::pair(std::size_t{1}, whole),
          std::pair(whole, std::size_t{97})}) {
        CAPTURE(piece, room);
        either_side([piece = piece, room = room](meeting& on) {
            on.piece = piece;
            if (room != whole)
                for (int turn = 0; turn < 100 && !on.done; ++turn) {
                    on.wire->takes(room);
                    on.pass_on();
                }
            on.wire->takes(1'000'000);
            on.shake_hands();
            CHECK(on.near().write_now(as_bytes("to the peer")).size == 11);
            CHECK(on.peer_reads() == "to the peer");
            on.peer->write("from the peer");
            on.pass_on();
            CHECK(on.read() == "from the peer");
            CHECK(on.end == asio::error::would_block);
        });
    }
}

TEST_CASE("what a handshake cannot go on with, in words") {
    either_side([](meeting& on) {
        on.wire->ends();
        on.go();
        REQUIRE(on.done);
        CHECK(on.done->error == "the peer closed");
    });
    either_side([](meeting& on) {
        on.wire->breaks();
        on.go();
        REQUIRE(on.done);
        CHECK(on.done->error == "ECONNRESET");
    });
    struct row {
        const char* name;
        std::string says, connecting, accepting;
    };
    const std::string not_tls = "the peer does not speak TLS: ";
    const std::string refused = "the peer sent the alert \"handshake failure\"";
    for (const auto& [name, says, connecting, accepting] : {
             row{"an HTTP answer", "HTTP/1.1 400 Bad Request\r\n\r\n",
                 not_tls + "wrong version number", not_tls + "wrong version number"},
             row{"an HTTP request", "GET / HTTP/1.1\r\n\r\n", not_tls + "http request",
                 not_tls + "http request"},
             row{"CONNECT", "CONNECT a.test:443 HTTP/1.1\r\n\r\n", not_tls + "https proxy request",
                 not_tls + "https proxy request"},
             row{"noughts", std::string(100, '\0'), not_tls + "wrong version number",
                 not_tls + "wrong version number"},
             row{"an alert", std::string("\x15\3\3\0\2\2\x28", 7), refused, "unexpected message"},
             row{"an empty record", std::string("\x16\3\1\0\0", 5), "the peer closed",
                 "the peer closed"},
         }) {
        for (const std::size_t piece : {whole, std::size_t{1}}) {
            for (const bool accepts : {false, true}) {
                CAPTURE(name, piece, accepts);
                meeting on;
                accepts ? on.accepts() : on.connects();
                on.arrives(says, piece);
                if (!on.done) on.wire->ends();
                on.go();
                REQUIRE(on.done);
                CHECK(on.done->error == (accepts ? accepting : connecting));
            }
        }
    }
}

TEST_CASE("a peer that closes in the middle of its flight, at any byte, is told so") {
    either_side([](meeting& first) {
        first.peer->hears(std::exchange(first.wire->sent, {}));
        first.peer->shake_hands();
        const auto flight = first.peer->says();
        // A client's last flight ends the handshake; that of a TLS 1.3 server too.
        for (std::size_t cut = 0; cut < flight.size() - 1; cut += 13) {
            CAPTURE(cut);
            meeting on;
            SSL_is_server(first.peer->native()) ? on.connects() : on.accepts();
            on.wire->gives(flight.substr(0, cut));
            on.wire->ends();
            on.go(); // the flight is for another hello: some cuts show that first
            REQUIRE(on.done);
            CHECK_FALSE(on.done->stream);
            CHECK_FALSE(on.done->error.empty());
        }
    });
}

TEST_CASE("a certificate has to be the server's, valid and from someone trusted") {
    const auto& made = certificates::all();
    const auto stranger = x509::make_test_ca(names_of_the_proxy()).value();
    const auto other_ca = (made.files.path() / "other.pem").string();
    std::ofstream(other_ca) << stranger.certificate.pem().value();
    const auto other = tls_client_context::make(other_ca, peer_check::verify).value();
    const auto any = tls_client_context::make("", peer_check::accept_any).value();
    const auto ours = proxy_client();
    using x509::chain_kind;
    struct row {
        chain_kind shown;
        std::string name;
        tls_client_context trusting;
        std::string error;
    };
    const std::string failed = "certificate verify failed: ";
    for (const auto& [shown, name, trusting, error] : {
             row{chain_kind::leaf, "proxy.test", ours, ""},
             row{chain_kind::leaf, "proxy.test.", ours, ""},
             row{chain_kind::leaf, "PROXY.test", ours, ""},
             row{chain_kind::leaf, "a.wild.test", ours, ""},
             row{chain_kind::leaf, "192.0.2.1", ours, ""},
             row{chain_kind::leaf, "2001:db8::1", ours, ""},
             row{chain_kind::leaf, "other.test", ours, "the certificate is not for other.test"},
             row{chain_kind::leaf, "a.b.wild.test", ours,
                 "the certificate is not for a.b.wild.test"},
             row{chain_kind::leaf, "test", ours, "the certificate is not for test"},
             row{chain_kind::leaf, "192.0.2.2", ours, "the certificate is not for 192.0.2.2"},
             row{chain_kind::leaf, "2001:db8::2", ours, "the certificate is not for 2001:db8::2"},
             row{chain_kind::leaf, "", ours, "\"\" is not the name of a server"},
             row{chain_kind::leaf, ".", ours, "\".\" is not the name of a server"},
             row{chain_kind::leaf, std::string("a\0b", 3), ours,
                 "\"" + std::string("a\0b", 3) + "\" is not the name of a server"},
             row{chain_kind::leaf, "proxy.test", other,
                 failed + "unable to get local issuer certificate"},
             row{chain_kind::missing_intermediate, "proxy.test", ours,
                 failed + "unable to get local issuer certificate"},
             row{chain_kind::expired, "proxy.test", ours, failed + "certificate has expired"},
             row{chain_kind::wrong_name, "proxy.test", ours,
                 "the certificate is not for proxy.test"},
             row{chain_kind::wrong_name, "proxy.test", any, ""},
             row{chain_kind::expired, "192.0.2.2", any, ""},
         }) {
        CAPTURE(name, error);
        std::string key;
        const auto chain = made.pem_of(shown, key);
        meeting on;
        on.peer.emplace(tls_server_context::make(chain, key).value());
        on.connects(name, trusting);
        CHECK(on.error() == error);
        if (error.empty() || error.ends_with("server")) continue;
        // The server learns it by an alert.
        CHECK_FALSE(on.peer->shake_hands());
        CHECK(ERR_GET_REASON(ERR_get_error()) > SSL_AD_REASON_OFFSET);
    }
}

TEST_CASE("a self-signed certificate is named so") {
    const auto& made = certificates::all();
    meeting on;
    on.peer.emplace(
        tls_server_context::make(made.ca.certificate.pem().value(), made.ca.key.pem().value())
            .value());
    on.connects("proxy.test", tls_client_context::make("", peer_check::verify).value());
    CHECK(on.error() == "certificate verify failed: self-signed certificate");
}

TEST_CASE("a client that does not trust us says why") {
    meeting on;
    on.peer.emplace(tls_client_context::make("", peer_check::verify).value());
    on.accepts();
    CHECK(on.error() == "the peer sent the alert \"unknown CA\"");
}

TEST_CASE("SNI is sent for a name and for no address") {
    for (const auto& [name, sni] :
         {std::pair("proxy.test", "proxy.test"), std::pair("proxy.test.", "proxy.test"),
          std::pair("192.0.2.1", ""), std::pair("2001:db8::1", "")}) {
        meeting on;
        on.connects(name);
        on.shake_hands();
        const char* seen = SSL_get_servername(on.peer->native(), TLSEXT_NAMETYPE_host_name);
        CHECK(std::string(seen ? seen : "") == sni);
    }
}

TEST_CASE("a peer that says nothing is waited for until the limit") {
    for (const bool accepts : {false, true}) {
        meeting on;
        on.limit = 20ms;
        accepts ? on.accepts() : on.connects();
        on.context.restart();
        on.context.run();
        REQUIRE(on.done);
        CHECK(on.done->error == "timed out after 0.02 s");
    }
}

TEST_CASE("a peer that takes nothing is waited for until the limit") {
    meeting on;
    on.limit = 20ms;
    auto wire = on.make_wire();
    on.wire->takes(0);
    on.begin(tls_connect(std::move(wire), proxy_client(), "proxy.test", on.limit));
    on.context.restart();
    on.context.run();
    REQUIRE(on.done);
    CHECK(on.done->error == "timed out after 0.02 s");
}

TEST_CASE("a handshake that nobody waits for any more ends") {
    asio::io_context context;
    const auto given_up = [&]() -> awaitable<std::size_t> {
        asio::steady_timer soon(context, 1ms);
        auto first = co_await (
            tls_accept(std::make_unique<memory_stream>(context), proxy_server(), 1h) ||
            soon.async_wait(asio::use_awaitable));
        co_return first.index();
    };
    CHECK(run(context, given_up()) == 1); // run() ends: no timer is left
}

TEST_CASE("what a sniffing port has read already is part of the handshake") {
    for (const std::size_t cut : {1, 5, 6, 200, 10'000}) {
        CAPTURE(cut);
        meeting on;
        on.peer.emplace(proxy_client());
        on.peer->shake_hands();
        const auto hello = on.peer->says();
        on.accepts(to_bytes(as_bytes(hello.substr(0, cut))));
        on.wire->gives(hello.substr(std::min(cut, hello.size())));
        on.go();
        on.shake_hands();
        CHECK(on.near().write_now(as_bytes("x")).size == 1);
        CHECK(on.peer_reads() == "x");
    }
}

TEST_CASE("a record that is read by halves leaves nothing to wait for") {
    either_side([](meeting& on) {
        on.shake_hands().peer->write("two halves");
        on.pass_on();
        std::uint8_t half[5];
        CHECK(on.near().read_now(half).size == 5);
        on.waits(on.near().wait_readable());
        CHECK(on.waited == error_code());
        CHECK_FALSE(on.near().ended());
        CHECK(on.read() == "alves");
        on.waits(on.near().wait_readable());
        CHECK_FALSE(on.waited);
        on.peer->write("more");
        on.pass_on();
        CHECK(on.waited == error_code());
        CHECK(on.read() == "more");
    });
}

TEST_CASE("the end is seen when everything before it was read") {
    either_side([](meeting& on) {
        on.shake_hands();
        CHECK_FALSE(on.near().ended());
        on.peer->write("last");
        on.peer->end();
        on.pass_on();
        on.waits(on.near().wait_readable());
        CHECK(on.waited == error_code());
        CHECK_FALSE(on.near().ended());
        CHECK(on.read() == "last");
        CHECK(on.end == asio::error::eof);
        CHECK(on.near().ended() == asio::error::eof);
        on.waits(on.near().wait_readable());
        CHECK(on.waited == error_code()); // and the read says eof again
        CHECK(on.near().write_now(as_bytes("still")).size == 5);
        CHECK(on.peer_reads() == "still");
    });
}

TEST_CASE("an end of ours is close_notify and FIN, and the other way stays open") {
    either_side([](meeting& on) {
        on.shake_hands().near().shutdown_send();
        CHECK(on.wire->sends_ended);
        CHECK(on.peer_reads().empty());
        CHECK(on.peer->saw_end());
        on.peer->write("still");
        on.pass_on();
        CHECK(on.read() == "still");
    });
}

TEST_CASE("an end of ours waits for room, and FIN with it") {
    either_side([](meeting& on) {
        on.shake_hands();
        on.wire->takes(3);
        on.near().shutdown_send();
        on.go();
        CHECK_FALSE(on.wire->sends_ended);
        CHECK(on.peer_reads().empty());
        CHECK_FALSE(on.peer->saw_end());
        on.wire->takes(1'000);
        on.go();
        CHECK(on.wire->sends_ended);
        CHECK(on.peer_reads().empty());
        CHECK(on.peer->saw_end());
    });
    either_side([](meeting& on) { // and is given up with the stream
        on.shake_hands();
        on.wire->takes(3);
        on.near().shutdown_send();
        on.go();
        on.done.reset();
        on.go();
        on.context.restart();
        on.context.run(); // nobody is left to wait for
    });
}

TEST_CASE("a close says close_notify once, a reset nothing") {
    either_side([](meeting& on) {
        on.shake_hands().near().close();
        CHECK(on.wire->was_closed);
        CHECK(on.peer_reads().empty());
        CHECK(on.peer->saw_end());
        on.near().close();
        CHECK(on.wire->sent.empty());
    });
    either_side([](meeting& on) {
        on.shake_hands().near().reset();
        CHECK(on.wire->was_reset);
        CHECK(on.wire->sent.empty());
    });
}

TEST_CASE("who waits on a TLS stream is let go") {
    for (const auto let_go : {&stream::stop_waiting, &stream::close, &stream::reset}) {
        either_side([&](meeting& on) {
            on.shake_hands().read();
            on.waits(on.near().wait_readable());
            CHECK_FALSE(on.waited);
            (on.near().*let_go)();
            on.go();
            CHECK(on.waited == asio::error::operation_aborted);
        });
    }
}

TEST_CASE("a reset of the peer is an error of both ways") {
    either_side([](meeting& on) {
        on.shake_hands().wire->breaks();
        CHECK(on.near().ended() == asio::error::connection_reset);
        CHECK(on.read().empty());
        CHECK(on.end == asio::error::connection_reset);
        CHECK(on.near().write_now(as_bytes("x")).error == asio::error::connection_reset);
    });
}

TEST_CASE("much passes both ways over sockets with little room, and ends one way at a time") {
    asio::io_context context;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        socket_pair pair(context);
        // Less than a record. A small window as well would be seconds of its probes.
        pair.near.set_option(asio::socket_base::send_buffer_size(4'000));
        pair.far.set_option(asio::socket_base::send_buffer_size(4'000));
        auto client_context = proxy_client();
        SSL_CTX_set_max_proto_version(client_context.native(), version);
        const auto up = much(3'000'000, 1), down = much(2'000'000, 2);
        std::string seen_up, seen_down;
        const auto both = [&]() -> awaitable<void> {
            auto [far, near] = co_await (
                tls_accept(make_tcp_stream(std::move(pair.far)), proxy_server(), 10s) &&
                tls_connect(
                    make_tcp_stream(std::move(pair.near)), client_context, "proxy.test", 10s));
            REQUIRE(far.error.empty());
            REQUIRE(near.error.empty());
            CHECK(near.stream->path());
            auto [sent_up, sent_down, got_up, got_down] = co_await (
                send_all(*near.stream, up) && send_all(*far.stream, down) &&
                receive_all(*far.stream) && receive_all(*near.stream));
            CHECK_FALSE(sent_up);
            CHECK_FALSE(sent_down);
            seen_up = std::move(got_up);
            seen_down = std::move(got_down);
            CHECK(near.stream->ended() == asio::error::eof);
            CHECK(near.stream->unacknowledged() == 0);
        };
        run(context, both());
        CHECK((seen_up == up));
        CHECK((seen_down == down));
    }
}

TEST_CASE("the chain of a server comes with a handshake, whoever trusts it, and then it is over") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        CAPTURE(version);
        meeting on;
        on.peer.emplace(proxy_server());
        SSL_set_max_proto_version(on.peer->native(), version);
        std::optional<tls_chain> fetched;
        asio::co_spawn(
            on.context,
            tls_fetch_chain(
                on.make_wire(), tls_client_context::make("", peer_check::accept_any).value(),
                "unknown.test", 10s),
            [&](auto, tls_chain how) { fetched = std::move(how); });
        on.go();
        for (int turn = 0; turn < 10 && !fetched; ++turn) on.pass_on();
        REQUIRE(fetched);
        CHECK(fetched->error.empty());
        CHECK(x509::pem(fetched->sent).value() == certificates::all().chain);
        on.peer->hears(on.last_words);
        on.peer->shake_hands();
        CHECK(on.peer->read().empty());
        CHECK(on.peer->saw_end());
    }
}

TEST_CASE("no chain comes of a server that speaks no TLS, or says nothing") {
    meeting on;
    on.peer.emplace(proxy_server());
    std::optional<tls_chain> fetched;
    const auto fetch = [&](std::string name, std::chrono::milliseconds limit) {
        asio::co_spawn(
            on.context,
            tls_fetch_chain(
                on.make_wire(), tls_client_context::make("", peer_check::accept_any).value(),
                std::move(name), limit),
            [&](auto, tls_chain how) { fetched = std::move(how); });
        on.go();
    };
    fetch("a.test", 10s);
    on.wire->gives("HTTP/1.1 400 no\r\n\r\n");
    on.go();
    REQUIRE(fetched);
    CHECK(fetched->sent.empty());
    CHECK(fetched->error.starts_with("the peer does not speak TLS"));
    fetched.reset();
    fetch("", 10s);
    CHECK(fetched->error == "\"\" is not the name of a server");
    fetched.reset();
    fetch("a.test", 1ms);
    on.context.restart();
    on.context.run();
    CHECK(fetched->error == "timed out after 0.001 s");
}
