#include "helloscope/wire/front/connect.hpp"

namespace helloscope::wire::front {
namespace {

constexpr std::size_t longest_name = 254; // 253 and a final dot

constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

} // namespace

parsed<host_port> connect_target(const request_head& head) {
    const auto fail = [&](std::size_t in_target, std::string_view field,
                          errc code = errc::malformed) {
        return std::unexpected(parse_error{code, head.method.size() + 1 + in_target, field});
    };
    if (head.method != "CONNECT")
        return std::unexpected(parse_error{errc::unsupported, 0, "method"});

    const auto target = head.target;
    if (const auto at = target.find('@'); at != target.npos) return fail(at, "userinfo");
    if (const auto at = target.find_first_of("/?#"); at != target.npos) return fail(at, "path");

    const auto bracket = target.starts_with('[') ? target.find(']') : 0;
    const auto colon = target.rfind(':');
    if (bracket == target.npos) return fail(0, "host");
    if (colon == target.npos || colon < bracket) return fail(target.size(), "port");
    const auto port = parse_port(target.substr(colon + 1));
    if (!port || *port == 0) return fail(colon + 1, "port");

    const auto host = target.substr(0, colon);
    if (bracket != 0) {
        if (const auto literal = parse_host_port(target)) return *literal;
        return fail(0, "host");
    }
    if (host.empty()) return fail(0, "host");
    if (host.size() > longest_name) return fail(longest_name, "host", errc::too_long);
    const auto wrong = host.find_first_not_of(name_characters);
    if (wrong != host.npos) return fail(wrong, "host");
    return host_port{std::string(host), *port};
}

} // namespace helloscope::wire::front
