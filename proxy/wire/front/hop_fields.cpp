#include "helloscope/wire/front/hop_fields.hpp"

#include "comma_list.hpp"

#include <array>

namespace helloscope::wire::front {
namespace {

constexpr std::array<std::string_view, 9> hop_by_hop{
    "Connection",
    "Proxy-Connection",
    "Keep-Alive",
    "TE",
    "Transfer-Encoding",
    "Upgrade",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Authentication-Info"};

// What a message means, whom it is for and who may see the answer: not a matter of one hop.
constexpr std::array<std::string_view, 17> not_to_be_dropped{
    "Host",
    "Content-Length",
    "Content-Type",
    "Content-Encoding",
    "Content-Range",
    "Trailer",
    "Via",
    "Forwarded",
    "X-Forwarded-For",
    "Cache-Control",
    "Authorization",
    "Cookie",
    "Set-Cookie",
    "Date",
    "Expect",
    "Range",
    "Location"};

bool is_one_of(const auto& names, std::string_view name) {
    return std::any_of(
        names.begin(), names.end(), [&](auto one) { return same_field_name(one, name); });
}

} // namespace

std::vector<header_field> end_to_end_fields(const std::vector<header_field>& fields) {
    std::vector<std::string_view> named;
    each_element(fields, "Connection", [&](std::string_view option) {
        if (!is_one_of(not_to_be_dropped, option)) named.push_back(option);
    });
    std::vector<header_field> kept;
    for (const auto& field : fields)
        if (!is_one_of(hop_by_hop, field.name) && !is_one_of(named, field.name))
            kept.push_back(field);
    return kept;
}

bool has_token(
    const std::vector<header_field>& fields, std::string_view field, std::string_view token) {
    bool found = false;
    each_element(fields, field, [&](std::string_view element) {
        found = found || same_field_name(element, token);
    });
    return found;
}

bool came_through(const std::vector<header_field>& fields, std::string_view pseudonym) {
    bool found = false;
    each_element(fields, "Via", [&](std::string_view entry) { // 1.1 received-by (comment)
        const auto received_by = trimmed(
            entry.substr(std::min(entry.find_first_of(" \t"), entry.size())));
        const auto end = received_by.find_first_of(" \t(");
        found = found || same_field_name(received_by.substr(0, end), pseudonym);
    });
    return found;
}

} // namespace helloscope::wire::front
