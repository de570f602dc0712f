// The header of the PROXY protocol, versions 1 (a line of text) and 2 (binary): whose connection a
// load balancer forwards. Over TCP alone; TLVs of version 2 are passed over and none are written.
// Specification: haproxy's doc/proxy-protocol.txt.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/result.hpp"

namespace helloscope::wire::front {

inline constexpr std::size_t max_haproxy_header_size = 4 *
                                                       1024; // room for TLVs; the format has 64K

struct haproxy_header {
    int version = 1;
    bool local = false; // the sender's own connection, or one it knows nothing of: the addresses
                        // are those of the connection itself (v1 UNKNOWN, v2 LOCAL and AF_UNSPEC)
    endpoint source, destination;
    std::size_t size = 0; // bytes of the header; not looked at when writing

    bool operator==(const haproxy_header&) const = default;
};

// need_more until the header is whole, but an error as soon as its bytes cannot become one.
// Refused: a line of more than 107 bytes (too_long), a version 2 header of more than
// max_haproxy_header_size (too_long), UDP and AF_UNIX (unsupported), and whatever the specification
// does not say.
parsed<haproxy_header> parse_haproxy_header(bytes_view input);

// Addresses of two families are both written as IPv6, the IPv4 one mapped.
bytes write_haproxy_header(const haproxy_header& header);

} // namespace helloscope::wire::front
