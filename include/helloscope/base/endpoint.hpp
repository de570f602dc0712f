// Addresses and names as values. Text forms are those of RFC 5952 and RFC 3986 ("[::1]:443").
#pragma once

#include "helloscope/base/bytes.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace helloscope {

// An IPv4 or IPv6 address in network byte order; IPv4 uses the first four bytes.
struct ip_address {
    bool v6 = false;
    std::array<std::uint8_t, 16> octets{};

    bytes_view view() const { return bytes_view(octets).first(v6 ? 16 : 4); }
    bool is_loopback() const;
    bool is_unspecified() const;
    bool operator==(const ip_address&) const = default;
};

// Accepts "192.0.2.1", "2001:db8::1" and "[2001:db8::1]"; nothing else, no name, no zone.
std::optional<ip_address> parse_ip_address(std::string_view text);
std::string to_string(const ip_address& address);
// 192.0.2.1 of "::ffff:192.0.2.1", which is how a socket for both families names an IPv4 peer; any
// other address is itself.
ip_address unmapped(const ip_address& address);

struct endpoint {
    ip_address address;
    std::uint16_t port = 0;
    bool operator==(const endpoint&) const = default;
};

// Writes what to_string gives at `to`, which has room for longest_endpoint characters; yields its
// end.
inline constexpr std::size_t longest_endpoint = 56;
char* write_text(char* to, const ip_address& address);
char* write_text(char* to, const endpoint& endpoint);

std::optional<endpoint> parse_endpoint(std::string_view text); // "192.0.2.1:443", "[::1]:443"
std::string to_string(const endpoint& endpoint);

// What a client asks for: a name or a literal, and a port. Brackets of a literal are removed.
struct host_port {
    std::string host;
    std::uint16_t port = 0;
    bool operator==(const host_port&) const = default;
};

// "registry.test:443", "[::1]:443". The port is needed, 1 to 65535.
std::optional<host_port> parse_host_port(std::string_view text);
std::string to_string(const host_port& target);

std::optional<std::uint16_t> parse_port(std::string_view text); // 0 to 65535, digits only

} // namespace helloscope
