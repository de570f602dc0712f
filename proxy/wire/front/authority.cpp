#include "authority.hpp"

namespace helloscope::wire::front {
namespace {

constexpr std::string_view scheme_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";

} // namespace

parsed<host_port> parse_authority(
    std::string_view text, std::size_t offset, std::uint16_t default_port) {
    const auto fail = [&](std::size_t at, std::string_view field, errc code = errc::malformed) {
        return std::unexpected(parse_error{code, offset + at, field});
    };
    const bool literal = text.starts_with('[');
    const auto bracket = literal ? text.find(']') : 0;
    if (bracket == text.npos) return fail(0, "host");

    const auto colon = text.rfind(':');
    const bool has_colon = colon != text.npos && colon >= bracket;
    const auto host = text.substr(0, has_colon ? colon : text.npos);
    const auto digits = has_colon ? text.substr(colon + 1) : "";
    const auto port = digits.empty() && default_port != 0 ? default_port : parse_port(digits);
    if (!port || *port == 0) return fail(text.size() - digits.size(), "port");

    if (host.empty()) return fail(0, "host");
    if (literal) {
        if (!parse_ip_address(host)) return fail(0, "host");
        return host_port{std::string(host.substr(1, host.size() - 2)), *port};
    }
    if (host.size() > longest_name) return fail(longest_name, "host", errc::too_long);
    const auto wrong = host.find_first_not_of(name_characters);
    if (wrong != host.npos) return fail(wrong, "host");
    return host_port{std::string(host), *port};
}

bool is_scheme(std::string_view text) {
    constexpr std::size_t letters = 52;
    return !text.empty() && scheme_characters.find(text.front()) < letters &&
           text.find_first_not_of(scheme_characters) == text.npos;
}

} // namespace helloscope::wire::front
