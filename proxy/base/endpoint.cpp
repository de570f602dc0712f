#include "helloscope/base/endpoint.hpp"

#include <algorithm>
#include <arpa/inet.h> // inet_pton and inet_ntop only: text conversion, no sockets
#include <charconv>
#include <cstring>
#include <fmt/format.h>

namespace helloscope {

bool ip_address::is_loopback() const {
    const auto plain = unmapped(*this);
    if (!plain.v6) return plain.octets[0] == 127;
    return octets[15] == 1 &&
           std::all_of(octets.begin(), octets.end() - 1, [](auto octet) { return octet == 0; });
}

bool ip_address::is_unspecified() const {
    return std::all_of(octets.begin(), octets.end(), [](auto octet) { return octet == 0; });
}

std::optional<ip_address> parse_ip_address(std::string_view text) {
    if (text.find('\0') != text.npos) return std::nullopt; // inet_pton would stop there
    const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
    const std::string plain{bracketed ? text.substr(1, text.size() - 2) : text};
    ip_address address;
    if (!bracketed && inet_pton(AF_INET, plain.c_str(), address.octets.data()) == 1) return address;
    address.v6 = true;
    if (inet_pton(AF_INET6, plain.c_str(), address.octets.data()) == 1) return address;
    return std::nullopt;
}

char* write_text(char* to, const ip_address& address) {
    if (address.v6) {
        inet_ntop(AF_INET6, address.octets.data(), to, INET6_ADDRSTRLEN);
        return to + std::strlen(to);
    }
    for (std::size_t i = 0; i < 4; ++i) {
        if (i > 0) *to++ = '.';
        to = std::to_chars(to, to + 3, address.octets[i]).ptr;
    }
    return to;
}

char* write_text(char* to, const endpoint& endpoint) {
    if (endpoint.address.v6) *to++ = '[';
    to = write_text(to, endpoint.address);
    if (endpoint.address.v6) *to++ = ']';
    *to++ = ':';
    return std::to_chars(to, to + 5, endpoint.port).ptr;
}

std::string to_string(const ip_address& address) {
    char text[longest_endpoint];
    return {text, write_text(text, address)};
}

ip_address unmapped(const ip_address& address) {
    static constexpr std::array<std::uint8_t, 12> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (!address.v6 || !std::equal(prefix.begin(), prefix.end(), address.octets.begin()))
        return address;
    ip_address plain;
    std::copy(address.octets.begin() + prefix.size(), address.octets.end(), plain.octets.begin());
    return plain;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return port;
}

std::optional<host_port> parse_host_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const auto port = parse_port(text.substr(colon + 1));
    auto host = text.substr(0, colon);
    if (!port || *port == 0) return std::nullopt;
    if (host.front() == '[') {
        const auto literal = parse_ip_address(host);
        if (!literal || !literal->v6) return std::nullopt;
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return std::nullopt; // an IPv6 literal needs its brackets
    }
    return host_port{std::string(host), *port};
}

std::string to_string(const host_port& target) {
    const bool v6 = target.host.find(':') != std::string::npos;
    return v6 ? fmt::format("[{}]:{}", target.host, target.port)
              : fmt::format("{}:{}", target.host, target.port);
}

std::optional<endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto host = text.substr(0, colon);
    const auto address = parse_ip_address(host);
    const auto port = parse_port(text.substr(colon + 1));
    if (!address || !port || address->v6 != host.starts_with('[')) return std::nullopt;
    return endpoint{*address, *port};
}

std::string to_string(const endpoint& endpoint) {
    char text[longest_endpoint];
    return {text, write_text(text, endpoint)};
}

} // namespace helloscope
