#include "helloscope/wire/front/body_framing.hpp"

#include "comma_list.hpp"

#include <charconv>
#include <limits>
#include <optional>

namespace helloscope::wire::front {
namespace {

constexpr auto longest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

std::optional<std::uint64_t> parse_length(std::string_view digits) {
    std::uint64_t length = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, length);
    if (error != std::errc{} || stop != end || length > longest) return std::nullopt;
    return length;
}

using length = std::optional<std::uint64_t>;

// How a Content-Length joins those before it; nothing if it is wrong or contradicts them.
length one_length(length so_far, std::string_view value) {
    return so_far ? std::nullopt : parse_length(value);
}

length same_length(length so_far, std::string_view list) {
    length all;
    bool right = true;
    each_element(list, [&](std::string_view element) {
        all = parse_length(element);
        right = right && all && all == so_far.value_or(*all);
        so_far = all;
    });
    return right ? all : std::nullopt;
}

parsed<body_framing> framing_of(
    const char* head, int minor_version, const std::vector<header_field>& fields,
    length (*join)(length, std::string_view), body_kind without) {
    const auto wrong = [&](const header_field& field, std::string_view name) {
        const auto offset = static_cast<std::size_t>(field.name.data() - head);
        return std::unexpected(parse_error{errc::malformed, offset, name});
    };
    const auto* const coding = find_field(fields, "Transfer-Encoding");
    length known;
    bool coded = false;
    for (const auto& field : fields) {
        if (same_field_name(field.name, "Transfer-Encoding")) {
            if (coded || minor_version == 0 || !same_field_name(field.value, "chunked"))
                return wrong(field, "Transfer-Encoding");
            coded = true;
        } else if (same_field_name(field.name, "Content-Length")) {
            known = join(known, field.value);
            if (!known || coding) return wrong(field, "Content-Length");
        }
    }
    if (coded) return body_framing{body_kind::chunked, 0};
    if (known) return body_framing{body_kind::length, *known};
    return body_framing{without, 0};
}

bool has_no_body(const response_head& head, std::string_view request_method) {
    return request_method == "HEAD" || head.status < 200 || head.status == 204 ||
           head.status == 304 || (request_method == "CONNECT" && head.status < 300);
}

} // namespace

parsed<body_framing> request_framing(const request_head& head) {
    return framing_of(
        head.method.data(), head.minor_version, head.fields, one_length, body_kind::none);
}

parsed<body_framing> response_framing(const response_head& head, std::string_view request_method) {
    if (has_no_body(head, request_method)) return body_framing{};
    return framing_of(
        head.status_line.data(), head.minor_version, head.fields, same_length,
        body_kind::until_close);
}

} // namespace helloscope::wire::front
