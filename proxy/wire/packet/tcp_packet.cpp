#include "helloscope/wire/packet/tcp_packet.hpp"

#include "helloscope/base/reader.hpp"
#include "helloscope/wire/packet/link.hpp"
#include "ip.hpp"

#include <algorithm>

namespace helloscope::wire::packet {
namespace {

constexpr std::uint8_t tcp_protocol = 6;
constexpr std::size_t fixed_header = 20;

tcp_options read_options(bytes_view options);
void read_option(std::uint8_t kind, reader in, tcp_options& out);

} // namespace

parsed<tcp_packet> parse_tcp_packet(bytes_view ip_packet, std::size_t original_length) {
    const auto ip = parse_ip_packet(ip_packet, original_length);
    if (!ip) return std::unexpected(ip.error());
    reader in{ip->payload, ip->payload_offset};
    if (ip->protocol != tcp_protocol) in.fail(errc::unsupported, "protocol");

    tcp_packet out;
    out.source = {ip->source, in.u16("source_port")};
    out.destination = {ip->destination, in.u16("destination_port")};
    out.sequence = in.u32("sequence_number");
    out.acknowledgement = in.u32("acknowledgement_number");
    const std::size_t header_length = (in.u8("data_offset") >> 4) * 4U;
    if (header_length < fixed_header || header_length > ip->payload_length)
        in.fail(errc::malformed, "data_offset");
    out.flags = in.u8("flags");
    out.window = in.u16("window");
    in.take(4, "checksum and urgent_pointer");
    if (!in.ok()) return std::unexpected(in.error());

    const auto options = std::min(header_length - fixed_header, in.left());
    out.options = read_options(in.take(options, "options"));
    out.payload = in.rest();
    out.payload_length = ip->payload_length - header_length;
    return out;
}

parsed<tcp_packet> parse_tcp_frame(
    std::uint16_t linktype, bytes_view captured, std::size_t original_length) {
    const auto packet = peel_link(linktype, captured);
    if (!packet) return std::unexpected(packet.error());
    const auto link_header = captured.size() - packet->size();
    if (original_length < link_header)
        return std::unexpected(parse_error{errc::malformed, link_header, "original_length"});
    auto out = parse_tcp_packet(*packet, original_length - link_header);
    if (out) return out;
    auto error = out.error();
    error.offset += link_header;
    return std::unexpected(error);
}

namespace {

tcp_options read_options(bytes_view options) {
    constexpr std::uint8_t end = 0, no_operation = 1;
    tcp_options out;
    reader in{options};
    while (in.ok() && !in.at_end()) {
        const auto kind = in.u8("option_kind");
        if (kind == end) break;
        if (kind == no_operation) continue;
        const auto length = in.u8("option_length");
        if (length < 2) break;
        const auto value = in.take(length - 2U, "option");
        if (in.ok()) read_option(kind, reader{value}, out);
    }
    return out;
}

void read_option(std::uint8_t kind, reader in, tcp_options& out) {
    const auto length = in.left();
    if (kind == 2 && length == 2) out.mss = in.u16("mss");
    if (kind == 3 && length == 1) out.window_scale = in.u8("window_scale");
    if (kind == 4 && length == 0) out.sack_permitted = true;
    if (kind == 5) {
        for (; in.left() >= 8 && out.sack_count < out.sack_blocks.size(); ++out.sack_count) {
            auto& block = out.sack_blocks[out.sack_count];
            block.left = in.u32("left_edge");
            block.right = in.u32("right_edge");
        }
    }
    if (kind == 8 && length == 8) {
        const auto value = in.u32("ts_value");
        out.timestamps = tcp_timestamps{value, in.u32("ts_echo_reply")};
    }
}

} // namespace
} // namespace helloscope::wire::packet
