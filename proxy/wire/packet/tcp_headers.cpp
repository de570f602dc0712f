#include "helloscope/wire/packet/tcp_headers.hpp"

#include <cassert>

namespace helloscope::wire::packet {
namespace {

constexpr std::uint8_t tcp_protocol = 6;
constexpr std::uint8_t time_to_live = 64;

// Appends in network byte order to the fixed buffer.
struct appender {
    tcp_headers& out;

    appender& u8(std::size_t value) {
        out.octets[out.size++] = static_cast<std::uint8_t>(value);
        return *this;
    }
    appender& u16(std::size_t value) { return u8(value >> 8).u8(value); }
    appender& u32(std::size_t value) { return u16(value >> 16).u16(value); }
    appender& address(const ip_address& value) {
        for (const auto octet : value.view()) u8(octet);
        return *this;
    }
};

std::size_t options_length(const tcp_options& options) {
    return (options.mss ? 4U : 0U) + (options.window_scale ? 4U : 0U);
}

void append_ipv4(appender to, const tcp_packet& packet, std::size_t tcp_length);
void append_ipv6(appender to, const tcp_packet& packet, std::size_t tcp_length);
void append_tcp(appender to, const tcp_packet& packet);
std::uint64_t sum16(bytes_view data, std::uint64_t sum);
void put_checksum(tcp_headers& out, std::size_t at, std::uint64_t sum);

} // namespace

tcp_headers write_tcp_headers(const tcp_packet& packet) {
    assert(packet.source.address.v6 == packet.destination.address.v6);
    assert(packet.payload_length <= longest_payload);
    tcp_headers out;
    const auto tcp_header = 20 + options_length(packet.options);
    const auto tcp_length = tcp_header + packet.payload_length;
    const bool v6 = packet.source.address.v6;
    (v6 ? append_ipv6 : append_ipv4)(appender{out}, packet, tcp_length);
    const auto ip_header = out.size;
    append_tcp(appender{out}, packet);

    if (packet.payload.size() != packet.payload_length) return out;
    auto sum = tcp_protocol + tcp_length; // and the addresses: the pseudo header of RFC 9293
    sum = sum16(packet.source.address.view(), sum);
    sum = sum16(packet.destination.address.view(), sum);
    sum = sum16(out.view().subspan(ip_header), sum);
    put_checksum(out, ip_header + 16, sum16(packet.payload, sum));
    return out;
}

namespace {

void append_ipv4(appender to, const tcp_packet& packet, std::size_t tcp_length) {
    constexpr std::uint16_t dont_fragment = 0x4000;
    to.u8(0x45).u8(0).u16(20 + tcp_length).u16(0).u16(dont_fragment);
    to.u8(time_to_live).u8(tcp_protocol).u16(0);
    to.address(packet.source.address).address(packet.destination.address);
    put_checksum(to.out, 10, sum16(to.out.view(), 0));
}

void append_ipv6(appender to, const tcp_packet& packet, std::size_t tcp_length) {
    to.u32(0x60000000).u16(tcp_length).u8(tcp_protocol).u8(time_to_live);
    to.address(packet.source.address).address(packet.destination.address);
}

void append_tcp(appender to, const tcp_packet& packet) {
    const auto& options = packet.options;
    to.u16(packet.source.port).u16(packet.destination.port);
    to.u32(packet.sequence).u32(packet.acknowledgement);
    to.u8((20 + options_length(options)) / 4 << 4).u8(packet.flags).u16(packet.window);
    to.u16(0).u16(0);
    if (options.mss) to.u8(2).u8(4).u16(*options.mss);
    if (options.window_scale) to.u8(1).u8(3).u8(3).u8(*options.window_scale);
}

// Adds big-endian 16-bit words (RFC 1071); an odd last byte counts as followed by zero.
std::uint64_t sum16(bytes_view data, std::uint64_t sum) {
    for (std::size_t i = 0; i < data.size(); ++i)
        sum += i % 2 == 0 ? std::uint64_t{data[i]} << 8 : std::uint64_t{data[i]};
    return sum;
}

void put_checksum(tcp_headers& out, std::size_t at, std::uint64_t sum) {
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    out.octets[at] = static_cast<std::uint8_t>(~sum >> 8);
    out.octets[at + 1] = static_cast<std::uint8_t>(~sum);
}

} // namespace
} // namespace helloscope::wire::packet
