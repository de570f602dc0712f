#include "helloscope/base/network.hpp"

#include <fmt/format.h>

namespace helloscope {
namespace {

std::uint8_t width_of(const ip_address& address) { return address.v6 ? 128 : 32; }

ip_address first_bits(ip_address address, std::size_t prefix) {
    for (std::size_t i = 0; i < address.octets.size(); ++i) {
        const auto kept = prefix > 8 * i ? prefix - 8 * i : 0;
        if (kept < 8) address.octets[i] &= static_cast<std::uint8_t>(0xff00 >> kept);
    }
    return address;
}

// The address as it is written and its prefix; "::ffff:10.0.0.0/104" is 10.0.0.0/8.
std::optional<network> parse_parts(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parse_ip_address(text.substr(0, slash));
    if (!address || text.starts_with('[')) return std::nullopt;
    const auto width = width_of(*address);
    const auto prefix = slash == text.npos ? width : parse_port(text.substr(slash + 1));
    if (!prefix || *prefix > width) return std::nullopt;
    const auto plain = unmapped(*address);
    const auto dropped = width - width_of(plain);
    if (*prefix < dropped) return network{*address, static_cast<std::uint8_t>(*prefix)};
    return network{plain, static_cast<std::uint8_t>(*prefix - dropped)};
}

} // namespace

bool network::contains(const ip_address& candidate) const {
    const auto plain = unmapped(candidate);
    return plain.v6 == address.v6 && first_bits(plain, prefix) == address;
}

std::optional<network> parse_network(std::string_view text) {
    const auto parts = parse_parts(text);
    if (!parts || first_bits(parts->address, parts->prefix) != parts->address) return std::nullopt;
    return parts;
}

std::optional<network> parse_network_around(std::string_view text) {
    auto parts = parse_parts(text);
    if (!parts || text.find('/') == text.npos) return std::nullopt;
    parts->address = first_bits(parts->address, parts->prefix);
    return parts;
}

std::string to_string(const network& network) {
    return fmt::format("{}/{}", to_string(network.address), network.prefix);
}

} // namespace helloscope
