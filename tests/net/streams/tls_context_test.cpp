#include "helloscope/net/streams/tls_context.hpp"

#include "net/streams/tls_peer.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::net;
using namespace helloscope::test;

namespace {

// Passes on what each says until both are done, or one has nothing more to say.
bool meet(tls_peer& client, tls_peer& server) {
    for (int turn = 0; turn < 10; ++turn) {
        const bool over = client.shake_hands() & server.shake_hands();
        server.hears(client.says());
        client.hears(server.says());
        if (over) return true;
    }
    return false;
}

std::string protocol_of(tls_peer& peer) {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(peer.native(), &name, &size);
    return std::string(name, name + size);
}

std::string error_of(const auto& made) { return made ? "made" : made.error().message; }

} // namespace

TEST_CASE("both ends speak TLS 1.2 and 1.3, and agree on http/1.1") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        tls_peer client(proxy_client()), server(proxy_server());
        SSL_set_max_proto_version(client.native(), version);
        REQUIRE(meet(client, server));
        CHECK(SSL_version(server.native()) == version);
        CHECK(protocol_of(client) == "http/1.1");
        CHECK(protocol_of(server) == "http/1.1");
    }
}

TEST_CASE("older versions are refused") {
    tls_peer client(proxy_client()), server(proxy_server());
    SSL_set_security_level(client.native(), 0);
    SSL_set_min_proto_version(client.native(), TLS1_VERSION);
    SSL_set_max_proto_version(client.native(), TLS1_1_VERSION);
    CHECK_FALSE(meet(client, server));
}

TEST_CASE("a client without ALPN is served, one of another protocol is not") {
    for (const bool other : {false, true}) {
        tls_peer client(proxy_client()), server(proxy_server());
        const unsigned char h2[] = {2, 'h', '2'};
        SSL_set_alpn_protos(client.native(), h2, other ? sizeof h2 : 0);
        CHECK(meet(client, server) == !other);
        CHECK(protocol_of(server).empty());
    }
}

TEST_CASE("nothing can be resumed") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        tls_peer client(proxy_client()), server(proxy_server());
        SSL_set_max_proto_version(client.native(), version);
        REQUIRE(meet(client, server));
        client.read(); // tickets of TLS 1.3 come behind the handshake
        CHECK(SSL_SESSION_is_resumable(SSL_get_session(client.native())) == 0);
    }
}

TEST_CASE("a server context says what is wrong with its files") {
    const auto& good = certificates::all();
    std::string other_key;
    good.pem_of(x509::chain_kind::leaf, other_key);
    CHECK(error_of(tls_server_context::make(good.chain, good.key)) == "made");
    CHECK(
        error_of(tls_server_context::make("no PEM", good.key)) ==
        "not a PEM certificate: no start line");
    CHECK(
        error_of(tls_server_context::make(good.chain, "")).starts_with("not a PEM private key: "));
    CHECK(
        error_of(tls_server_context::make(good.chain, other_key)) ==
        "the key does not belong to the first certificate");
}

TEST_CASE("a client context says what is wrong with its CA file") {
    const auto with = [](const std::string& file) {
        return error_of(tls_client_context::make(file, peer_check::verify));
    };
    const folder files;
    const auto broken = (files.path() / "broken.pem").string();
    std::ofstream(broken) << "no PEM";
    const auto missing = (files.path() / "missing.pem").string();
    CHECK(with("") == "made");
    CHECK(with(certificates::all().ca_file) == "made");
    CHECK(
        with(broken) ==
        "cannot use the CA certificates in " + broken + ": not a PEM certificate: no start line");
    CHECK(
        with(missing) ==
        "cannot use the CA certificates in " + missing + ": No such file or directory");
    CHECK(
        with(files.path().string()) ==
        "cannot use the CA certificates in " + files.path().string() + ": Is a directory");
}

TEST_CASE("a server's own certificate can be trusted as it is") {
    const folder files;
    const auto leaf = (files.path() / "leaf.pem").string();
    const auto chain = x509::parse_certificates(certificates::all().chain).value();
    std::ofstream(leaf) << chain.front().pem().value();
    tls_peer client(tls_client_context::make(leaf, peer_check::verify).value()),
        server(proxy_server());
    CHECK(meet(client, server));
}

TEST_CASE("protocols have names that fit") {
    const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    for (const auto& name : {std::string(), std::string(256, 'a')}) {
        const std::string list[] = {"h2", name};
        CHECK(error_of(answer_alpn(context.get(), list)) == "a protocol has 1 to 255 bytes");
    }
}
