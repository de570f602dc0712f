// Makes the IP and TCP headers of a packet that never was one, for recordings without capture
// rights: IPv4 (20 bytes, DF, TTL 64) or IPv6 (40 bytes), and TCP (20 bytes and options).
#pragma once

#include "helloscope/wire/packet/tcp_packet.hpp"

namespace helloscope::wire::packet {

// What fits in 16 bits of IP length together with all headers.
inline constexpr std::size_t longest_payload = 65'000;

struct tcp_headers {
    std::array<std::uint8_t, 80> octets{};
    std::size_t size = 0;

    bytes_view view() const { return bytes_view(octets).first(size); }
};

// Of the options MSS and window scale are written. The TCP checksum is right when the whole payload
// is given (payload.size() == payload_length), else 0: unknown. Both endpoints must be of one
// family and payload_length at most longest_payload.
tcp_headers write_tcp_headers(const tcp_packet& packet);

} // namespace helloscope::wire::packet
