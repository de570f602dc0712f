// The Certificate message up to TLS 1.2 (RFC 5246 section 7.4.2): a list of DER blobs, not read
// here. In TLS 1.3 the message is encrypted.
#pragma once

#include "helloscope/base/reader.hpp"

#include <vector>

namespace helloscope::wire::tls {

struct certificate {
    std::uint32_t size = 0;        // of the handshake message, its 4 byte header included
    std::vector<bytes_view> chain; // leaf first; views into the message
};

// `body` is what follows the 4 byte handshake header and must be whole. An empty chain is valid: a
// client without a certificate sends one.
parsed<certificate> parse_certificate(bytes_view body);

} // namespace helloscope::wire::tls
