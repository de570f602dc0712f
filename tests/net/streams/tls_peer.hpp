// The other end of a TLS connection, OpenSSL's own, in memory: it takes and gives bytes of the wire
// when a test says so. And the certificates of both ends.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/net/streams/tls_context.hpp"
#include "helloscope/net/x509/chains.hpp"
#include "support/folder.hpp"

#include <fstream>
#include <openssl/ssl.h>

namespace helloscope::test {

inline net::x509::chain_options names_of_the_proxy() {
    net::x509::chain_options wanted;
    wanted.names = {"proxy.test", "*.wild.test", "192.0.2.1", "2001:db8::1"};
    wanted.now = std::chrono::system_clock::now();
    return wanted;
}

struct certificates { // keys are slow to make: once for all tests
    net::x509::identity ca = net::x509::make_test_ca(names_of_the_proxy()).value();
    std::string key;
    std::string chain = pem_of(net::x509::chain_kind::leaf, key);
    folder files;
    std::string ca_file = (files.path() / "ca.pem").string();

    certificates() { std::ofstream(ca_file) << ca.certificate.pem().value(); }

    std::string pem_of(net::x509::chain_kind kind, std::string& key_pem) const {
        const auto made = net::x509::make_chain(ca, kind, names_of_the_proxy()).value();
        key_pem = made.key.pem().value();
        return net::x509::pem(made.certificates).value();
    }
    static const certificates& all() {
        static const certificates made;
        return made;
    }
};

class tls_peer {
  public:
    explicit tls_peer(const net::tls_server_context& context) : tls_peer(context.native()) {
        SSL_set_accept_state(native());
    }
    explicit tls_peer(const net::tls_client_context& context) : tls_peer(context.native()) {
        SSL_set_connect_state(native());
    }
    // The caller says which side it is.
    explicit tls_peer(SSL_CTX* context)
        : tls_(SSL_new(context), SSL_free), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
        SSL_set_bio(native(), in_, out_);
        SSL_clear_mode(native(), SSL_MODE_ENABLE_PARTIAL_WRITE);
    }
    SSL* native() { return tls_.get(); }

    // The wire.
    void hears(std::string_view wire) {
        BIO_write(in_, wire.data(), static_cast<int>(wire.size()));
    }
    std::string says() {
        return drain([&](char* into, int size) { return BIO_read(out_, into, size); });
    }

    // What is inside.
    bool shake_hands() { return SSL_do_handshake(native()) == 1; }
    void write(std::string_view text) {
        SSL_write(native(), text.data(), static_cast<int>(text.size()));
    }
    std::string read() {
        return drain([&](char* into, int size) { return SSL_read(native(), into, size); });
    }
    void end() { SSL_shutdown(native()); }
    bool saw_end() { return (SSL_get_shutdown(native()) & SSL_RECEIVED_SHUTDOWN) != 0; }

  private:
    template <class F> std::string drain(F read) {
        std::string all;
        char piece[16384];
        for (int n = 0; (n = read(piece, sizeof piece)) > 0;)
            all.append(piece, static_cast<std::size_t>(n));
        return all;
    }

    std::unique_ptr<SSL, decltype(&SSL_free)> tls_;
    BIO *in_, *out_;
};

inline net::tls_server_context proxy_server() {
    const auto& made = certificates::all();
    return net::tls_server_context::make(made.chain, made.key).value();
}
inline net::tls_client_context proxy_client() {
    return net::tls_client_context::make(certificates::all().ca_file, net::peer_check::verify)
        .value();
}

} // namespace helloscope::test
