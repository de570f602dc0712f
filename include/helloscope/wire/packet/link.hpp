// What a captured packet begins with: link-layer headers, peeled off to reach the IP header.
// Numbers are those of https://www.tcpdump.org/linktypes.html.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/result.hpp"

namespace helloscope::wire::packet {

namespace linktype {
inline constexpr std::uint16_t null = 0;
inline constexpr std::uint16_t ethernet = 1;
inline constexpr std::uint16_t raw = 101;
inline constexpr std::uint16_t loop = 108;
inline constexpr std::uint16_t linux_sll = 113;
inline constexpr std::uint16_t ipv4 = 228;
inline constexpr std::uint16_t ipv6 = 229;
inline constexpr std::uint16_t linux_sll2 = 276;
} // namespace linktype

// The IPv4 or IPv6 packet inside, VLAN tags removed; points into the input.
// unsupported: another linktype, or something else than IP (ARP, …).
parsed<bytes_view> peel_link(std::uint16_t linktype, bytes_view captured);

} // namespace helloscope::wire::packet
