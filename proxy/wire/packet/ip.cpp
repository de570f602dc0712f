#include "ip.hpp"

#include "helloscope/base/reader.hpp"

#include <algorithm>

namespace helloscope::wire::packet {
namespace {

constexpr std::size_t ipv6_header = 40;

// Each leaves `in` behind the headers and yields the length of the whole packet.
std::size_t read_ipv4(reader& in, ip_packet& out);
std::size_t read_ipv6(reader& in, ip_packet& out);
ip_address read_address(reader& in, bool v6);
void skip_extensions(reader& in, std::uint8_t& next_header);

} // namespace

parsed<ip_packet> parse_ip_packet(bytes_view packet, std::size_t original_length) {
    ip_packet out;
    reader in{packet};
    std::size_t length = 0;
    switch (packet.empty() ? 4 : packet[0] >> 4) {
    case 4: length = read_ipv4(in, out); break;
    case 6: length = read_ipv6(in, out); break;
    default: in.fail(errc::unsupported, "ip_version");
    }
    if (length == 0) length = original_length;
    if (length < in.offset()) in.fail(errc::malformed, "ip_length");
    if (!in.ok()) return std::unexpected(in.error());
    out.payload_offset = in.offset();
    out.payload_length = length - in.offset();
    out.payload = in.rest().first(std::min(in.left(), out.payload_length));
    return out;
}

namespace {

std::size_t read_ipv4(reader& in, ip_packet& out) {
    const auto header_length = (in.u8("ihl") & 0x0fU) * 4;
    if (header_length < 20) in.fail(errc::malformed, "ihl");
    in.u8("tos");
    const std::size_t total_length = in.u16("total_length");
    in.u16("identification");
    if ((in.u16("fragment_offset") & 0x1fff) != 0) in.fail(errc::unsupported, "fragment_offset");
    in.u8("ttl");
    out.protocol = in.u8("protocol");
    in.u16("header_checksum");
    out.source = read_address(in, false);
    out.destination = read_address(in, false);
    in.take(header_length - 20, "ip_options");
    return total_length;
}

std::size_t read_ipv6(reader& in, ip_packet& out) {
    in.u32("flow_label");
    const std::size_t payload_length = in.u16("payload_length");
    out.protocol = in.u8("next_header");
    in.u8("hop_limit");
    out.source = read_address(in, true);
    out.destination = read_address(in, true);
    skip_extensions(in, out.protocol);
    return payload_length == 0 ? 0 : ipv6_header + payload_length;
}

ip_address read_address(reader& in, bool v6) {
    ip_address out{v6, {}};
    std::ranges::copy(in.take(v6 ? 16 : 4, "ip_address"), out.octets.begin());
    return out;
}

void skip_extensions(reader& in, std::uint8_t& next_header) {
    constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragment = 44, destination = 60;
    while (in.ok()) {
        const auto type = next_header;
        if (type != hop_by_hop && type != routing && type != fragment && type != destination)
            return;
        next_header = in.u8("next_header");
        const auto length = in.u8("hdr_ext_len"); // of a fragment header: reserved
        if (type != fragment) {
            in.take(length * 8U + 6, "extension_header");
            continue;
        }
        if ((in.u16("fragment_offset") & 0xfff8) != 0)
            in.fail(errc::unsupported, "fragment_offset");
        in.u32("identification");
    }
}

} // namespace
} // namespace helloscope::wire::packet
