#include "head_lines.hpp"

#include <algorithm>

namespace helloscope::wire::front {
namespace {

constexpr std::string_view white_space = " \t";

bool is_value_character(char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

} // namespace

std::string_view head_lines::next() {
    const auto end = text_.find("\r\n", position_);
    const auto line = text_.substr(position_, end - position_);
    position_ = end + 2;
    return line;
}

int head_lines::minor_version(std::string_view text) {
    const bool well_formed = text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) &&
                             text[6] == '.' && is_digit(text[7]);
    if (!well_formed)
        fail(text, "HTTP-version");
    else if (text[5] != '1')
        fail(text, "HTTP-version", errc::unsupported);
    return well_formed ? text[7] - '0' : 0;
}

std::vector<header_field> head_lines::fields() {
    std::vector<header_field> all;
    for (auto line = next(); !error_ && !line.empty(); line = next()) all.push_back(field(line));
    return all;
}

header_field head_lines::field(std::string_view line) {
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    const auto value = colon == line.npos ? line.substr(line.size()) : line.substr(colon + 1);
    const auto wrong = from_wrong_character(value);
    if (white_space.find(line.front()) != white_space.npos)
        fail(line, "obs-fold");
    else if (colon == line.npos || !is_token(name))
        fail(line, "field-name");
    else if (!wrong.empty())
        fail(wrong, "field-value");
    return {name, trimmed(value)};
}

void head_lines::fail(std::string_view where, std::string_view field, errc code) {
    if (error_) return;
    error_ = parse_error{code, static_cast<std::size_t>(where.data() - text_.data()), field};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_token_character(static_cast<std::uint8_t>(c));
    });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(white_space);
    if (first == text.npos) return text.substr(0, 0);
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::string_view from_wrong_character(std::string_view value) {
    return {std::find_if_not(value.begin(), value.end(), is_value_character), value.end()};
}

} // namespace helloscope::wire::front
