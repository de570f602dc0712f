#include "streams/tls_channel.hpp"

#include "net/streams/tls_peer.hpp"
#include "support/catch.hpp"
#include "support/memory_stream.hpp"

using namespace helloscope;
using namespace helloscope::net;
using namespace helloscope::test;

namespace {

const error_code would_block = asio::error::would_block;

// A channel of ours, as client or as server, and its peer.
struct meeting {
    asio::io_context context;
    memory_stream* wire = nullptr;
    tls_channel channel;
    tls_peer peer;

    explicit meeting(tls_server_context ours)
        : channel(make_wire(), ours.native(), bytes()), peer(proxy_client()) {
        SSL_set_accept_state(channel.native());
    }
    explicit meeting(tls_client_context ours)
        : channel(make_wire(), ours.native(), bytes()), peer(proxy_server()) {
        SSL_set_connect_state(channel.native());
    }

    std::unique_ptr<stream> make_wire() {
        auto made = std::make_unique<memory_stream>(context);
        wire = made.get();
        return made;
    }
    void pass_on() {
        peer.hears(std::exchange(wire->sent, {}));
        wire->gives(peer.says());
    }
    meeting& shake_hands() {
        for (int turn = 0; turn < 10; ++turn) {
            const bool ours = !channel.shake_hands();
            const bool over = peer.shake_hands() && ours;
            pass_on();
            if (over) return *this;
        }
        throw std::runtime_error("no handshake");
    }
    std::string read() {
        std::uint8_t piece[100];
        std::string all;
        moved got;
        while (!(got = channel.read(piece)).error)
            all += as_text(bytes_view(piece).first(got.size));
        end = got.error;
        return all;
    }
    std::string peer_reads() {
        pass_on();
        return peer.read();
    }
    error_code end;
};

template <class F> void either_side(F test) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const bool accepts : {false, true}) {
            CAPTURE(version, accepts);
            auto on = accepts ? std::make_unique<meeting>(proxy_server())
                              : std::make_unique<meeting>(proxy_client());
            SSL_set_max_proto_version(on->peer.native(), version);
            test(on->shake_hands());
        }
    }
}

} // namespace

TEST_CASE("text passes both ways, and what is needed next is known") {
    either_side([](meeting& on) {
        CHECK(on.channel.write(as_bytes("to the peer")).size == 11);
        CHECK(on.channel.write_needs() == tls_needs::nothing);
        CHECK(on.peer_reads() == "to the peer");
        CHECK(on.read().empty());
        CHECK(on.end == would_block);
        CHECK(on.channel.read_needs() == tls_needs::readable);
        on.peer.write("from the peer");
        on.pass_on();
        CHECK(on.read() == "from the peer");
    });
}

TEST_CASE("a write that blocks is done when it is repeated, and nothing comes twice") {
    either_side([](meeting& on) {
        const std::string text(40'000, 'x'); // three records
        std::size_t done = 0, blocked = 0;
        std::string seen;
        while (done < text.size()) {
            on.wire->takes(999);
            // From another place in memory each time, as who keeps the rest may move it.
            const auto rest = to_bytes(as_bytes(text).subspan(done));
            const auto sent = on.channel.write(rest);
            done += sent.size;
            blocked += sent.error ? 1 : 0;
            if (sent.error) {
                REQUIRE(sent.error == would_block);
                CHECK(on.channel.write_needs() == tls_needs::writable);
            }
            seen += on.peer_reads();
        }
        CHECK(seen == text);
        CHECK(blocked > 30);
    });
}

TEST_CASE("a look ahead takes nothing") {
    either_side([](meeting& on) {
        CHECK(on.channel.peek() == would_block);
        on.peer.write("text");
        on.peer.end();
        on.pass_on();
        CHECK_FALSE(on.channel.peek());
        CHECK(on.channel.read_needs() == tls_needs::nothing);
        CHECK(on.read() == "text");
        CHECK(on.end == asio::error::eof);
        CHECK(on.channel.peek() == asio::error::eof);
    });
}

TEST_CASE("after close_notify the other way is open") {
    either_side([](meeting& on) {
        on.peer.end();
        on.pass_on();
        CHECK(on.read().empty());
        CHECK(on.end == asio::error::eof);
        CHECK(on.channel.write(as_bytes("still")).size == 5);
        CHECK(on.peer_reads() == "still");
        CHECK_FALSE(on.channel.say_goodbye());
        CHECK(on.peer_reads().empty());
        CHECK(on.peer.saw_end());
    });
    either_side([](meeting& on) {
        CHECK_FALSE(on.channel.say_goodbye());
        CHECK(on.peer_reads().empty());
        CHECK(on.peer.saw_end());
        on.peer.write("still");
        on.pass_on();
        CHECK(on.read() == "still");
        on.peer.end();
        on.pass_on();
        on.read();
        CHECK(on.end == asio::error::eof);
    });
}

TEST_CASE("a FIN without close_notify is the end too, and the other way stays open") {
    either_side([](meeting& on) {
        on.peer.write("cut");
        on.pass_on();
        on.wire->ends();
        CHECK(on.read() == "cut");
        CHECK(on.end == asio::error::eof);
        CHECK(on.channel.write(as_bytes("still")).size == 5);
        CHECK(on.peer_reads() == "still");
    });
}

TEST_CASE("errors of the stream below are ours, each way its own") {
    either_side([](meeting& on) {
        on.peer.write("before");
        on.pass_on();
        on.wire->refuses_writes();
        CHECK(on.channel.write(as_bytes("x")).error == asio::error::broken_pipe);
        CHECK(on.channel.write(as_bytes("x")).error == asio::error::broken_pipe);
        CHECK(on.read() == "before");
        on.wire->breaks();
        on.read();
        CHECK(on.end == asio::error::connection_reset);
        CHECK(on.channel.peek() == asio::error::connection_reset);
    });
}

TEST_CASE("bytes that are not what the peer sent end the connection") {
    either_side([](meeting& on) {
        on.peer.write("text");
        auto spoiled = on.peer.says();
        spoiled.back() ^= 1;
        on.wire->gives(spoiled);
        CHECK(on.read().empty());
        CHECK(error_name(on.end) == "EPROTO");
        CHECK(error_name(on.channel.write(as_bytes("x")).error) == "EPROTO");
    });
}

TEST_CASE("what was read already comes first") {
    asio::io_context context;
    for (const std::size_t cut : {0, 1, 4, 5, 6, 100, 10'000}) {
        CAPTURE(cut);
        tls_peer peer(proxy_client());
        peer.shake_hands();
        auto hello = peer.says();
        auto owned = std::make_unique<memory_stream>(context);
        auto& wire = *owned;
        const auto early = hello.substr(0, cut);
        tls_channel channel(std::move(owned), proxy_server().native(), to_bytes(as_bytes(early)));
        SSL_set_accept_state(channel.native());
        wire.gives(hello.substr(std::min(cut, hello.size())));
        channel.shake_hands();
        peer.hears(wire.sent);
        CHECK(peer.shake_hands());
    }
}

TEST_CASE("keys change as often as the peer wants, with and without room to answer") {
    either_side([](meeting& on) {
        if (SSL_version(on.peer.native()) != TLS1_3_VERSION) return;
        for (const bool room : {true, false, true}) {
            REQUIRE(SSL_key_update(on.peer.native(), SSL_KEY_UPDATE_REQUESTED) == 1);
            on.peer.write("new keys");
            on.pass_on();
            if (!room) on.wire->takes(0);
            CHECK(on.read() == "new keys");
            auto sent = on.channel.write(as_bytes("ours"));
            if (!room) {
                CHECK(sent.error == would_block);
                on.wire->takes(1'000'000);
                sent = on.channel.write(as_bytes("ours"));
            }
            CHECK(sent.size == 4);
            CHECK(on.peer_reads() == "ours");
        }
    });
}

TEST_CASE("keys change in the middle of a write that blocks") {
    either_side([](meeting& on) {
        if (SSL_version(on.peer.native()) != TLS1_3_VERSION) return;
        const std::string text(20'000, 'y');
        on.wire->takes(5'000);
        auto sent = on.channel.write(as_bytes(text));
        REQUIRE(sent.error == would_block);
        REQUIRE(SSL_key_update(on.peer.native(), SSL_KEY_UPDATE_REQUESTED) == 1);
        on.peer.write("new keys");
        on.pass_on();
        std::string got = on.read();
        on.wire->takes(1'000'000);
        std::size_t done = sent.size;
        std::string seen;
        while (done < text.size()) {
            sent = on.channel.write(as_bytes(text).subspan(done));
            done += sent.size;
            got += on.read();
            REQUIRE((!sent.error || sent.error == would_block));
            seen += on.peer_reads();
        }
        CHECK(got + on.read() == "new keys");
        CHECK(seen == text);
        CHECK(on.channel.write(as_bytes("more")).size == 4);
        CHECK(on.peer_reads() == "more");
    });
}

TEST_CASE("a server's tickets are no data, also behind our close_notify") {
    const auto& made = certificates::all();
    const std::shared_ptr<SSL_CTX> server(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    REQUIRE(use_identity(server.get(), made.chain, made.key));
    asio::io_context context;
    for (const bool ended : {false, true}) {
        auto owned = std::make_unique<memory_stream>(context);
        auto& wire = *owned;
        tls_channel channel(std::move(owned), proxy_client().native(), bytes());
        SSL_set_connect_state(channel.native());
        tls_peer peer(server.get());
        SSL_set_accept_state(peer.native());
        channel.shake_hands();
        for (int turn = 0; turn < 3; ++turn) {
            peer.hears(std::exchange(wire.sent, {}));
            if (turn == 1 && ended) REQUIRE_FALSE(channel.say_goodbye());
            peer.shake_hands();
            if (turn == 1) peer.write("data");
            wire.gives(peer.says());
            if (turn == 0) REQUIRE_FALSE(channel.shake_hands());
        }
        std::uint8_t piece[10];
        CHECK(channel.read(piece).size == 4);
        CHECK(channel.read(piece).error == would_block);
    }
}

TEST_CASE("nobody can renegotiate") {
    meeting on(proxy_server());
    SSL_set_max_proto_version(on.peer.native(), TLS1_2_VERSION);
    on.shake_hands();
    SSL_renegotiate(on.peer.native());
    on.peer.shake_hands();
    on.pass_on();
    CHECK(on.read().empty());
    CHECK(on.end == would_block); // a warning, no_renegotiation, and the connection stands
    CHECK(on.channel.write(as_bytes("x")).size == 1);
}
