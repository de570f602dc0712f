// A ClientHello (RFC 8446 section 4.1.2) of our own, to ask a server with. Nobody has the keys to
// its shares: it brings the server's first flight and goes no further. Its shares are such that a
// server takes them for good: random where any bytes are a key, well-formed keys where not.
#pragma once

#include "helloscope/wire/tls/client_hello.hpp"

#include <functional>

namespace helloscope::wire::tls {

struct hello_wish {
    std::string server_name;             // empty: no SNI
    std::vector<std::uint16_t> versions; // empty: up to TLS 1.2, without the extension
    std::vector<std::uint16_t> cipher_suites;
    std::vector<std::uint16_t> groups;
    std::vector<std::uint16_t> shares; // groups, each of which can_share()
    std::vector<std::uint16_t> signature_algorithms;
    std::vector<std::string> alpn;
    bool status_request = false;
    // On the wire, with the record's header; reached by padding (RFC 7685) or by a shorter session
    // id, never by leaving out. 0: as it comes.
    std::uint32_t size = 0;
};

// X25519, X448, P-256, P-384, ML-KEM, and the hybrids of those that clients use.
bool can_share(std::uint16_t group);

// What `seen` offers, as far as we can offer it: without what is the client's alone (GREASE, ECH,
// tickets, early data). `size` is what it had on the wire.
hello_wish wish_like(const client_hello& seen, std::uint32_t size);
// The same without groups of post-quantum kind, and with a few protocols of a long list: small.
hello_wish without_post_quantum(hello_wish wish);
// The same up to TLS 1.2, as small as it comes.
hello_wish up_to_tls12(hello_wish wish);

using random_source = std::function<void(std::span<std::uint8_t>)>; // fills it

// One record, with its header. What is larger than a record may be is not padded any further. A
// message that comes to 256 to 511 bytes is padded to 512: some old balancers hang on those
// (RFC 7685 section 1).
bytes make_hello(const hello_wish& wish, const random_source& random);

} // namespace helloscope::wire::tls
