// The IPv4 (RFC 791) or IPv6 (RFC 8200) header of a captured packet, with options and extension
// headers passed over. Not a router's view: no checksums, no reassembly.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/result.hpp"

namespace helloscope::wire::packet {

struct ip_packet {
    ip_address source;
    ip_address destination;
    std::uint8_t protocol = 0;      // what the payload is: 6 for TCP
    bytes_view payload;             // captured of it; link-layer padding is cut off
    std::size_t payload_length = 0; // by the header
    std::size_t payload_offset = 0; // within the packet
};

// `original_length` stands in for a length of 0 in the header. unsupported: a later fragment.
parsed<ip_packet> parse_ip_packet(bytes_view packet, std::size_t original_length);

} // namespace helloscope::wire::packet
