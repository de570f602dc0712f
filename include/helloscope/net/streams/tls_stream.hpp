// TLS 1.2 and 1.3 (RFC 5246, RFC 8446) that ends here, over any stream: a client's to us as an
// HTTPS proxy, or ours to an https:// parent. No renegotiation, no resumption, no early data.
#pragma once

#include "helloscope/net/streams/stream.hpp"
#include "helloscope/net/streams/tls_context.hpp"
#include "helloscope/net/x509/certificate.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace helloscope::net {

// The stream on top behaves as one of sockets does: close_notify is the peer's FIN and ours, a FIN
// without it is eof too (what is cut off there, the TLS inside will notice). A write that would
// block has to be repeated with the same bytes: some of their record may be under way.
struct tls_handshake {
    std::unique_ptr<net::stream> stream; // null: it failed, and `under` is closed
    std::string error; // "timed out after 10 s", "the peer closed", "the certificate is not for x"
    tls_handshake() = default;
};

// `early` was read from `under` already and comes first.
awaitable<tls_handshake> tls_accept(
    std::unique_ptr<stream> under, tls_server_context context, std::chrono::milliseconds limit,
    bytes early = bytes());

// `server_name` is a name, which is sent as SNI, or an IP literal, which is not; the certificate
// must be for it if the context verifies.
awaitable<tls_handshake> tls_connect(
    std::unique_ptr<stream> under, tls_client_context context, std::string server_name,
    std::chrono::milliseconds limit);

// What a server shows of itself: a handshake, and nothing is said in it.
struct tls_chain {
    std::vector<x509::certificate> sent; // the leaf first; none: none came
    std::string error;                   // why the handshake failed, if it did
    tls_chain() = default;
};

// `context` should accept any certificate. The connection is closed behind it. What was read of
// `under` already comes first.
awaitable<tls_chain> tls_fetch_chain(
    std::unique_ptr<stream> under, tls_client_context context, std::string server_name,
    std::chrono::milliseconds limit, bytes early = bytes());

} // namespace helloscope::net
