#include "helloscope/policy/no_proxy.hpp"

#include <algorithm>

namespace helloscope::policy {
namespace {

std::string lower_case(std::string_view text) {
    std::string out{text};
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return out;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Where the colon of a port stands; npos for "::1", "[::1]" and "corp.test".
std::size_t port_colon(std::string_view entry) {
    const auto colon = entry.rfind(':');
    const auto bracket = entry.rfind(']');
    if (bracket != entry.npos) return colon != entry.npos && colon > bracket ? colon : entry.npos;
    return entry.find(':') == colon ? colon : entry.npos;
}

std::string_view without_brackets(std::string_view host) {
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    return bracketed ? host.substr(1, host.size() - 2) : host;
}

} // namespace

no_proxy no_proxy::parse(std::string_view list) {
    no_proxy out;
    for (;;) {
        const auto comma = std::min(list.find(','), list.size());
        const auto entry = trimmed(list.substr(0, comma));
        if (entry == "*")
            out.all_ = true;
        else if (auto one = parse_entry(entry))
            out.exceptions_.push_back(std::move(*one));
        if (comma == list.size()) return out;
        list.remove_prefix(comma + 1);
    }
}

std::optional<no_proxy::exception> no_proxy::parse_entry(std::string_view entry) {
    exception out;
    out.addresses = parse_network_around(entry);
    if (out.addresses) return out;
    const auto colon = std::min(port_colon(entry), entry.size());
    const auto host = without_brackets(entry.substr(0, colon));
    if (colon + 1 < entry.size()) { // "corp.test:" is a name with any port
        out.port = parse_port(entry.substr(colon + 1));
        if (!out.port) return std::nullopt;
    }
    if (const auto address = parse_ip_address(host)) {
        out.addresses = parse_network(to_string(*address));
        return out;
    }
    out.name = lower_case(host.starts_with("*.") ? host.substr(1) : host);
    return out.name.empty() ? std::nullopt : std::optional(out);
}

bool no_proxy::exception::covers(
    const host_port& target, const std::optional<ip_address>& address) const {
    if (port && *port != target.port) return false;
    if (addresses || address) return addresses && address && addresses->contains(*address);
    const auto host = lower_case(target.host);
    if (name.starts_with('.')) return host.ends_with(name);
    return host == name || host.ends_with('.' + name);
}

bool no_proxy::covers(const host_port& target) const {
    if (all_ || is_loopback(target)) return true;
    const auto address = parse_ip_address(target.host);
    return std::any_of(exceptions_.begin(), exceptions_.end(), [&](const auto& one) {
        return one.covers(target, address);
    });
}

bool no_proxy::is_loopback(const host_port& target) {
    const auto address = parse_ip_address(target.host);
    return address ? address->is_loopback() : lower_case(target.host) == "localhost";
}

} // namespace helloscope::policy
