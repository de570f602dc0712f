#include "helloscope/wire/front/request_head.hpp"

#include "head_lines.hpp"

#include <algorithm>

namespace helloscope::wire::front {
namespace {

bool is_letter_or_digit(std::uint8_t byte) {
    const auto lower = byte | 0x20;
    return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9');
}

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

void request_line(head_lines& lines, request_head& head) {
    const auto line = lines.next();
    const auto behind = line.substr(line.size());
    const auto first = line.find(' ');
    head.method = line.substr(0, first);
    if (!is_token(head.method)) return lines.fail(head.method, "method");
    if (first == line.npos) return lines.fail(behind, "request-target");
    const auto second = line.find(' ', first + 1);
    head.target = line.substr(first + 1, second - first - 1);
    const bool visible = std::all_of(head.target.begin(), head.target.end(), is_visible);
    if (head.target.empty() || !visible) return lines.fail(head.target, "request-target");
    if (second == line.npos) return lines.fail(behind, "HTTP-version");
    head.minor_version = lines.minor_version(line.substr(second + 1));
}

} // namespace

parsed<std::size_t> head_scanner::find_end(bytes_view so_far) {
    static constexpr std::string_view suspects{"\r\n\0", 3};
    static constexpr std::string_view end{"\r\n\r\n"};
    const auto text = as_text(so_far.first(std::min(so_far.size(), max_head_size)));
    const auto error = [&](errc code, std::string_view field) {
        return std::unexpected(parse_error{code, searched_, field});
    };
    for (;; searched_ += 2) {
        searched_ = std::min(text.find_first_of(suspects, searched_), text.size());
        const auto rest = text.substr(searched_);
        if (rest.starts_with(end)) return searched_ + end.size();
        if (end.starts_with(rest)) break; // also when nothing is left
        if (rest[0] == '\0') return error(errc::malformed, "NUL");
        if (rest[0] == '\n') return error(errc::malformed, "bare LF");
        if (rest[1] != '\n') return error(errc::malformed, "bare CR");
    }
    if (text.size() == max_head_size) return error(errc::too_long, "head");
    return error(errc::need_more, "head");
}

parsed<request_head> parse_request_head(bytes_view input) {
    const auto size = head_scanner{}.find_end(input);
    if (!size) return std::unexpected(size.error());
    request_head head;
    head_lines lines{as_text(input.first(*size))};
    request_line(lines, head);
    head.fields = lines.fields();
    if (lines.error()) return std::unexpected(*lines.error());
    head.size = *size;
    return head;
}

bool same_field_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return lower_case(x) == lower_case(y);
    });
}

const header_field* find_field(const std::vector<header_field>& fields, std::string_view name) {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) {
        return same_field_name(field.name, name);
    });
    return found == fields.end() ? nullptr : &*found;
}

const header_field* find_field(const request_head& head, std::string_view name) {
    return find_field(head.fields, name);
}

bool is_token_character(std::uint8_t byte) {
    return is_letter_or_digit(byte) ||
           (byte != 0 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(byte)) !=
                             std::string_view::npos);
}

} // namespace helloscope::wire::front
