// What a client speaks, from its first bytes on a listener. Only which parser to ask: whether the
// rest of the dialogue is well formed is that parser's business.
#pragma once

#include "helloscope/base/bytes.hpp"

namespace helloscope::wire::front {

enum class first_bytes : std::uint8_t {
    need_more,
    http,        // a method and a space (RFC 9112 section 3): CONNECT or absolute-form
    tls,         // 0x16 0x03: somebody set https:// as the scheme of the proxy
    sslv2_hello, // the two-byte header of RFC 5246 appendix E.2
    socks4,
    socks5,
    proxy_v1, // PROXY protocol, text
    proxy_v2, // PROXY protocol, binary
    unknown,
};

// Decides with the fewest bytes that can decide, and never changes its mind when more arrive.
first_bytes sniff(bytes_view input);

} // namespace helloscope::wire::front
