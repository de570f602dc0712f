#include "helloscope/wire/packet/tcp_headers.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace helloscope::wire::packet {
namespace {

constexpr std::uint8_t tcp_protocol = 6;
constexpr std::uint8_t time_to_live = 64;

// Appends in network byte order. By value, so that the compiler keeps `at` in a register.
struct appender {
    std::uint8_t* at;

    appender& u8(std::size_t value) {
        *at++ = static_cast<std::uint8_t>(value);
        return *this;
    }
    appender& u16(std::size_t value) { return u8(value >> 8).u8(value); }
    appender& u32(std::size_t value) { return u16(value >> 16).u16(value); }
    appender& address(const ip_address& value) {
        const auto octets = value.view();
        at = std::copy(octets.begin(), octets.end(), at);
        return *this;
    }
};

std::size_t options_length(const tcp_options& options) {
    return (options.mss ? 4U : 0U) + (options.window_scale ? 4U : 0U);
}

appender append_ipv4(appender to, const tcp_packet& packet, std::size_t tcp_length);
appender append_ipv6(appender to, const tcp_packet& packet, std::size_t tcp_length);
appender append_tcp(appender to, const tcp_packet& packet);
std::uint64_t sum16(bytes_view data, std::uint64_t sum);
std::uint64_t fold(std::uint64_t sum); // into 16 bits
void put_checksum(std::uint8_t* at, std::uint64_t sum);

} // namespace

tcp_headers write_tcp_headers(const tcp_packet& packet) {
    assert(packet.source.address.v6 == packet.destination.address.v6);
    assert(packet.payload_length <= longest_payload);
    tcp_headers out;
    const auto tcp_header = 20 + options_length(packet.options);
    const auto tcp_length = tcp_header + packet.payload_length;
    const bool v6 = packet.source.address.v6;
    appender to{out.octets.data()};
    to = v6 ? append_ipv6(to, packet, tcp_length) : append_ipv4(to, packet, tcp_length);
    auto* tcp = to.at;
    to = append_tcp(to, packet);
    out.size = static_cast<std::size_t>(to.at - out.octets.data());

    if (packet.payload.size() != packet.payload_length) return out;
    // The pseudo header of RFC 9293: its addresses stand in front of what they are summed with.
    const auto addresses = 2 * packet.source.address.view().size();
    const auto sum = sum16({tcp - addresses, addresses + tcp_header}, tcp_protocol + tcp_length);
    put_checksum(tcp + 16, sum16(packet.payload, sum));
    return out;
}

namespace {

appender append_ipv4(appender to, const tcp_packet& packet, std::size_t tcp_length) {
    constexpr std::uint16_t dont_fragment = 0x4000;
    auto* ip = to.at;
    to.u8(0x45).u8(0).u16(20 + tcp_length).u16(0).u16(dont_fragment);
    to.u8(time_to_live).u8(tcp_protocol).u16(0);
    to.address(packet.source.address).address(packet.destination.address);
    put_checksum(ip + 10, sum16({ip, 20}, 0));
    return to;
}

appender append_ipv6(appender to, const tcp_packet& packet, std::size_t tcp_length) {
    to.u32(0x60000000).u16(tcp_length).u8(tcp_protocol).u8(time_to_live);
    to.address(packet.source.address).address(packet.destination.address);
    return to;
}

appender append_tcp(appender to, const tcp_packet& packet) {
    const auto& options = packet.options;
    to.u16(packet.source.port).u16(packet.destination.port);
    to.u32(packet.sequence).u32(packet.acknowledgement);
    to.u8((20 + options_length(options)) / 4 << 4).u8(packet.flags).u16(packet.window);
    to.u16(0).u16(0);
    if (options.mss) to.u8(2).u8(4).u16(*options.mss);
    if (options.window_scale) to.u8(1).u8(3).u8(3).u8(*options.window_scale);
    return to;
}

// Adds big-endian 16-bit words (RFC 1071); an odd last byte counts as followed by zero. Takes four
// bytes at once in this machine's order: by section 2(B) the folded sum is then right but for its
// own order of bytes.
std::uint64_t sum16(bytes_view data, std::uint64_t sum) {
    std::uint64_t words = 0;
    const auto whole = data.size() / 4;
    for (std::size_t i = 0; i < whole; ++i) { // an index, so that the compiler takes many at once
        std::uint32_t word = 0;
        std::memcpy(&word, data.data() + 4 * i, 4);
        words += word;
    }
    std::uint32_t word = 0;
    if (data.size() % 4 > 0) std::memcpy(&word, data.data() + 4 * whole, data.size() % 4);
    words = fold(words + word);
    if constexpr (std::endian::native == std::endian::little)
        words = (words & 0xff) << 8 | words >> 8;
    return sum + words;
}

std::uint64_t fold(std::uint64_t sum) {
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

void put_checksum(std::uint8_t* at, std::uint64_t sum) {
    appender{at}.u16(static_cast<std::uint16_t>(~fold(sum)));
}

} // namespace
} // namespace helloscope::wire::packet
