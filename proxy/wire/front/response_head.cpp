#include "helloscope/wire/front/response_head.hpp"

#include "head_lines.hpp"

#include <algorithm>

namespace helloscope::wire::front {
namespace {

std::size_t common_start(std::string_view text, std::string_view start) {
    const auto end = std::mismatch(text.begin(), text.end(), start.begin(), start.end()).first;
    return static_cast<std::size_t>(end - text.begin());
}

// HTTP-version SP status-code SP [ reason-phrase ]. The second space may be missing where no reason
// follows: many servers leave it out, and nothing else can be meant.
void status_line(head_lines& lines, response_head& head) {
    const auto line = head.status_line = lines.next();
    const auto first = std::min(line.find(' '), line.size());
    head.minor_version = lines.minor_version(line.substr(0, first));
    const auto rest = line.substr(std::min(first + 1, line.size()));
    const auto code = rest.substr(0, rest.find(' '));
    if (code.size() != 3 || !std::all_of(code.begin(), code.end(), is_digit) || code[0] == '0')
        return lines.fail(rest, "status-code");
    for (const char c : code) head.status = static_cast<std::uint16_t>(head.status * 10 + c - '0');
    head.reason = rest.substr(std::min(code.size() + 1, rest.size()));
    const auto wrong = from_wrong_character(head.reason);
    if (!wrong.empty()) lines.fail(wrong, "reason-phrase");
}

} // namespace

parsed<response_head> parse_response_head(bytes_view input) {
    static constexpr std::string_view start = "HTTP/";
    const auto text = as_text(input);
    const auto same = common_start(text, start);
    if (same < std::min(text.size(), start.size()))
        return std::unexpected(parse_error{errc::malformed, same, "status-line"});
    const auto size = head_scanner{}.find_end(input);
    if (!size) return std::unexpected(size.error());

    response_head head;
    head_lines lines{text.substr(0, *size)};
    status_line(lines, head);
    head.fields = lines.fields();
    if (lines.error()) return std::unexpected(*lines.error());
    head.size = *size;
    return head;
}

const header_field* find_field(const response_head& head, std::string_view name) {
    return find_field(head.fields, name);
}

} // namespace helloscope::wire::front
