// The host and port of an authority (RFC 3986 section 3.2), as CONNECT, absolute-form targets and
// proxy URLs name them. Userinfo is taken off by the caller: who may send it differs.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/result.hpp"

namespace helloscope::wire::front {

inline constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

inline constexpr std::size_t longest_name = 254; // 253 and a final dot

// Hosts are an IPv6 literal in brackets, an IPv4 literal, or a name of `name_characters`: the part
// of RFC 3986's reg-name that DNS can answer for. Without a `default_port` the port is needed.
// The error's field is host or port; its offset is counted from `offset`.
parsed<host_port> parse_authority(
    std::string_view text, std::size_t offset, std::uint16_t default_port = 0);

// ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ), RFC 3986 section 3.1; case is ignored in schemes.
bool is_scheme(std::string_view text);

} // namespace helloscope::wire::front
