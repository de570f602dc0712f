#include "helloscope/wire/front/absolute_target.hpp"

#include "authority.hpp"

#include <algorithm>
#include <optional>

namespace helloscope::wire::front {
namespace {

constexpr std::uint16_t http_port = 80;

std::optional<parse_error> wrong_host_field(const request_head& head) {
    const auto error_at = [&](std::string_view place) {
        const auto offset = static_cast<std::size_t>(place.data() - head.method.data());
        return parse_error{errc::malformed, offset, "Host"};
    };
    bool seen = false;
    for (const auto& field : head.fields) {
        if (!same_field_name(field.name, "Host")) continue;
        if (seen) return error_at(field.name);
        if (!parse_authority(field.value, 0, http_port)) return error_at(field.value);
        seen = true;
    }
    if (!seen && head.minor_version > 0) return parse_error{errc::malformed, head.size, "Host"};
    return std::nullopt;
}

std::string origin_form_of(std::string_view path_and_query, std::string_view method) {
    if (path_and_query.starts_with('/')) return std::string(path_and_query);
    if (path_and_query.empty() && method == "OPTIONS") return "*";
    return '/' + std::string(path_and_query);
}

} // namespace

parsed<absolute_target> parse_absolute_target(const request_head& head) {
    const auto target = head.target;
    const auto fail = [&](std::size_t at, std::string_view field, errc code = errc::malformed) {
        return std::unexpected(parse_error{code, head.method.size() + 1 + at, field});
    };
    if (head.method == "CONNECT")
        return std::unexpected(parse_error{errc::unsupported, 0, "method"});

    const auto scheme = target.substr(0, target.find("://"));
    if (scheme.size() == target.size() || scheme.empty() || !is_scheme(scheme))
        return fail(0, "request-target");
    if (!same_field_name(scheme, "http")) return fail(0, "scheme", errc::unsupported);

    const auto start = scheme.size() + 3;
    if (const auto at = target.find('#'); at != target.npos) return fail(at, "fragment");
    const auto end = std::min(target.find_first_of("/?", start), target.size());
    const auto authority = target.substr(start, end - start);
    if (const auto at = authority.find('@'); at != target.npos) return fail(start + at, "userinfo");

    const auto where = parse_authority(authority, head.method.size() + 1 + start, http_port);
    if (!where) return std::unexpected(where.error());
    if (const auto wrong = wrong_host_field(head)) return std::unexpected(*wrong);
    return absolute_target{*where, origin_form_of(target.substr(end), head.method)};
}

std::string host_field(const host_port& at) {
    auto text = to_string(at);
    if (at.port == http_port) text.resize(text.rfind(':'));
    return text;
}

} // namespace helloscope::wire::front
