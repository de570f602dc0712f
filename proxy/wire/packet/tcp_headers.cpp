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

constexpr std::uint16_t mss_option = 0x0204;          // its kind and length
constexpr std::uint16_t window_scale_option = 0x0103; // behind a NOP, its kind; the length follows

std::size_t options_length(const tcp_options& options) {
    return (options.mss ? 4U : 0U) + (options.window_scale ? 4U : 0U);
}

std::size_t offset_and_flags(const tcp_packet& packet) {
    return (20 + options_length(packet.options)) / 4 << 12 | packet.flags;
}

appender append_ipv4(appender to, const tcp_packet& packet, std::size_t tcp_length);
appender append_ipv6(appender to, const tcp_packet& packet, std::size_t tcp_length);
appender append_tcp(appender to, const tcp_packet& packet, std::uint16_t checksum);
std::uint64_t sum_of_addresses(const tcp_packet& packet);
std::uint64_t sum_of_tcp(const tcp_packet& packet, std::size_t tcp_length);
std::uint64_t sum16(bytes_view data, std::uint64_t sum);
std::uint64_t fold(std::uint64_t sum); // into 16 bits
std::uint16_t checksum(std::uint64_t sum) { return static_cast<std::uint16_t>(~fold(sum)); }

} // namespace

tcp_headers write_tcp_headers(const tcp_packet& packet) {
    assert(packet.source.address.v6 == packet.destination.address.v6);
    assert(packet.payload_length <= longest_payload);
    tcp_headers out;
    const auto tcp_length = 20 + options_length(packet.options) + packet.payload_length;
    const bool v6 = packet.source.address.v6;
    appender to{out.octets.data()};
    to = v6 ? append_ipv6(to, packet, tcp_length) : append_ipv4(to, packet, tcp_length);
    const bool complete = packet.payload.size() == packet.payload_length;
    to = append_tcp(to, packet, complete ? checksum(sum_of_tcp(packet, tcp_length)) : 0);
    out.size = static_cast<std::size_t>(to.at - out.octets.data());
    return out;
}

namespace {

appender append_ipv4(appender to, const tcp_packet& packet, std::size_t tcp_length) {
    constexpr std::uint16_t dont_fragment = 0x4000;
    constexpr std::uint16_t version_and_length = 0x4500;
    constexpr std::uint16_t lifetime = time_to_live << 8 | tcp_protocol;
    const auto length = 20 + tcp_length;
    const auto sum = version_and_length + length + dont_fragment + lifetime +
                     sum_of_addresses(packet);
    to.u16(version_and_length).u16(length).u16(0).u16(dont_fragment);
    to.u16(lifetime).u16(checksum(sum));
    to.address(packet.source.address).address(packet.destination.address);
    return to;
}

appender append_ipv6(appender to, const tcp_packet& packet, std::size_t tcp_length) {
    to.u32(0x60000000).u16(tcp_length).u8(tcp_protocol).u8(time_to_live);
    to.address(packet.source.address).address(packet.destination.address);
    return to;
}

appender append_tcp(appender to, const tcp_packet& packet, std::uint16_t checksum) {
    const auto& options = packet.options;
    to.u16(packet.source.port).u16(packet.destination.port);
    to.u32(packet.sequence).u32(packet.acknowledgement);
    to.u16(offset_and_flags(packet)).u16(packet.window);
    to.u16(checksum).u16(0);
    if (options.mss) to.u16(mss_option).u16(*options.mss);
    if (options.window_scale) to.u16(window_scale_option).u8(3).u8(*options.window_scale);
    return to;
}

// The checksums are made of the fields, not of the bytes that were just written one by one: a
// processor has to wait until it can read those as words.
std::uint64_t sum_of_addresses(const tcp_packet& packet) {
    return sum16(packet.destination.address.view(), sum16(packet.source.address.view(), 0));
}

// With the pseudo header of RFC 9293.
std::uint64_t sum_of_tcp(const tcp_packet& packet, std::size_t tcp_length) {
    const auto halves = [](std::uint32_t value) { return (value >> 16) + (value & 0xffffU); };
    const auto& options = packet.options;
    std::uint64_t sum = sum_of_addresses(packet) + tcp_protocol + tcp_length;
    sum += packet.source.port + packet.destination.port;
    sum += halves(packet.sequence) + halves(packet.acknowledgement);
    sum += offset_and_flags(packet) + packet.window;
    if (options.mss) sum += mss_option + *options.mss;
    if (options.window_scale) sum += window_scale_option + (0x0300U | *options.window_scale);
    return sum16(packet.payload, sum);
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

} // namespace
} // namespace helloscope::wire::packet
