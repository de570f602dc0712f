#include "guard.hpp"

#include "helloscope/base/endpoint.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::web {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// Without the port.
std::string_view name_in(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, std::min(host.find(']') + 1, host.size()));
    return host.substr(0, host.find(':'));
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_ours(std::string_view host) {
    const auto name = lower(name_in(host));
    if (name.empty()) return false;
    if (parse_ip_address(name)) return true;
    return name.ends_with(".localhost") || std::ranges::all_of(name, is_word);
}

bool is_json(std::string_view content_type) {
    auto type = lower(content_type.substr(0, content_type.find(';')));
    while (type.ends_with(' ')) type.pop_back();
    return type == "application/json";
}

} // namespace

std::optional<answer> object_to(const request& asked) {
    if (!is_ours(asked.host))
        return refuse(
            403, fmt::format(
                     "'{}' is no name of this port: ask for it by its address, by localhost or by "
                     "a name without a dot",
                     asked.host));
    const bool foreign = !asked.origin.empty() &&
                         lower(asked.origin) != "http://" + lower(asked.host);
    if (foreign || asked.fetch_site == "cross-site" || asked.fetch_site == "same-site")
        return refuse(403, "a page of another origin asks: it may not");
    if (!asked.body.empty() && !is_json(asked.content_type))
        return refuse(
            415, fmt::format(
                     "a body needs Content-Type: application/json, not {}",
                     asked.content_type.empty() ? "none" : "'" + asked.content_type + "'"));
    return std::nullopt;
}

} // namespace helloscope::web
