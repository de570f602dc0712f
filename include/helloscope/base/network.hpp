// A block of addresses (CIDR, RFC 4632 section 3.1), as access lists and NO_PROXY name them.
#pragma once

#include "helloscope/base/endpoint.hpp"

namespace helloscope {

// No bit of `address` behind the prefix is set. An IPv4-mapped IPv6 address counts as IPv4 here, so
// that an entry holds whether the socket that saw a client was IPv4 or both.
struct network {
    ip_address address;
    std::uint8_t prefix = 0; // in bits of the family

    bool contains(const ip_address& candidate) const;
    bool operator==(const network&) const = default;
};

// "10.0.0.0/8", "::1/128"; an address without a prefix is that one address. Set bits behind the
// prefix are refused: the writer meant a larger or a smaller network than the text says.
std::optional<network> parse_network(std::string_view text);
// The same, but drops set bits behind the prefix, and needs the prefix: what Go's ParseCIDR reads.
std::optional<network> parse_network_around(std::string_view text);
std::string to_string(const network& network);

} // namespace helloscope
