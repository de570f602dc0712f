// A TLS client on blocking sockets for tests of the server, and what the server needs to start.
#pragma once

#include "helloscope/net/asio.hpp"
#include "helloscope/net/x509/chains.hpp"
#include "helloscope/origin/server.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <openssl/ssl.h>
#include <string>
#include <string_view>

namespace helloscope::origin {

struct identity_files {
    std::string ca, chain, key; // PEM
};

inline identity_files test_identity() {
    net::x509::chain_options wanted;
    wanted.names = {"registry.test"};
    wanted.now = std::chrono::system_clock::now();
    const auto ca = net::x509::make_test_ca(wanted).value();
    const auto chain = net::x509::make_chain(ca, net::x509::chain_kind::leaf, wanted).value();
    return {
        ca.certificate.pem().value(), net::x509::pem(chain.certificates).value(),
        chain.key.pem().value()};
}

inline options test_options() {
    static const identity_files identity = test_identity(); // keys are slow to make
    options options;
    options.tls.chain = identity.chain;
    options.tls.key = identity.key;
    return options;
}

class client {
  public:
    explicit client(const server& server, std::string_view alpn = "", bool shake_hands = true)
        : stream_(io_, context_) {
        stream_.lowest_layer().connect(net::to_asio(server.address()));
        SSL_set_tlsext_host_name(stream_.native_handle(), "registry.test");
        SSL_set_security_level(stream_.native_handle(), 0);
        if (!alpn.empty()) {
            std::string list(1, static_cast<char>(alpn.size()));
            list += alpn;
            SSL_set_alpn_protos(
                stream_.native_handle(), reinterpret_cast<const unsigned char*>(list.data()),
                static_cast<unsigned>(list.size()));
        }
        if (shake_hands) stream_.handshake(stream_.client, error_);
    }

    const net::error_code& error() const { return error_; } // of the last call
    SSL* tls() { return stream_.native_handle(); }
    auto& socket() { return stream_.next_layer(); }

    void send(std::string_view text) { net::asio::write(stream_, net::asio::buffer(text), error_); }

    // What arrives up to and including `end`, or up to the end of the stream.
    std::string read_until(std::string_view end) {
        std::string all;
        char octet;
        while (!all.ends_with(end) && read_some(&octet, 1) == 1) all += octet;
        return all;
    }
    std::string read_all() {
        std::string all;
        char piece[16384];
        while (const std::size_t size = read_some(piece, sizeof piece)) all.append(piece, size);
        return all;
    }

    // One request that asks for the connection to be closed, and the answer behind its head.
    std::string body_of(std::string_view request_line, std::string_view body = "") {
        std::string request(request_line);
        request += " HTTP/1.1\r\nHost: registry.test\r\nConnection: close\r\nContent-Length: ";
        request += std::to_string(body.size()) + "\r\n\r\n";
        request += body;
        send(request);
        const std::string answer = read_all();
        const std::size_t at = answer.find("\r\n\r\n");
        return at == std::string::npos ? "no head: " + answer : answer.substr(at + 4);
    }

  private:
    std::size_t read_some(char* into, std::size_t size) {
        return stream_.read_some(net::asio::buffer(into, size), error_);
    }

    net::asio::io_context io_;
    net::asio::ssl::context context_{net::asio::ssl::context::tls_client};
    net::asio::ssl::stream<net::tcp::socket> stream_;
    net::error_code error_;
};

} // namespace helloscope::origin
