// One TCP segment as captured: IPv4 (RFC 791) or IPv6 (RFC 8200) and TCP (RFC 9293) headers, read
// from an IP packet that may be cut anywhere behind its fixed TCP header. Checksums are not
// checked: captures at the sender see them before the hardware has filled them in.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/result.hpp"

namespace helloscope::wire::packet {

namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01;
inline constexpr std::uint8_t syn = 0x02;
inline constexpr std::uint8_t rst = 0x04;
inline constexpr std::uint8_t psh = 0x08;
inline constexpr std::uint8_t ack = 0x10;
} // namespace tcp_flag

struct sack_block {
    std::uint32_t left = 0;
    std::uint32_t right = 0; // first sequence number behind the block
    bool operator==(const sack_block&) const = default;
};

struct tcp_timestamps {
    std::uint32_t value = 0;
    std::uint32_t echo_reply = 0;
    bool operator==(const tcp_timestamps&) const = default;
};

// Options behind a malformed or cut one are not seen; neither is an error.
struct tcp_options {
    std::optional<std::uint16_t> mss;
    std::optional<std::uint8_t> window_scale;
    bool sack_permitted = false;
    std::optional<tcp_timestamps> timestamps;
    std::array<sack_block, 4> sack_blocks{};
    std::uint8_t sack_count = 0;
};

struct tcp_packet {
    endpoint source;
    endpoint destination;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    std::uint8_t flags = 0;   // tcp_flag
    std::uint16_t window = 0; // as sent, not scaled
    tcp_options options;
    bytes_view payload;             // what was captured of it; points into the input
    std::size_t payload_length = 0; // by the IP header; more than payload.size() when cut

    bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

// From an IP packet (LINKTYPE_RAW) that was `original_length` long on the wire. A length of 0 in
// the IP header (segmentation offload at the sender, jumbograms) means all of original_length.
// unsupported: not TCP, or a fragment that is not the first; need_more: cut within the headers.
parsed<tcp_packet> parse_tcp_packet(bytes_view ip_packet, std::size_t original_length);

// The same behind a link-layer header (link.hpp); both lengths include that header.
parsed<tcp_packet> parse_tcp_frame(
    std::uint16_t linktype, bytes_view captured, std::size_t original_length);

} // namespace helloscope::wire::packet
