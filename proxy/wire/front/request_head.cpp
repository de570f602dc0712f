#include "helloscope/wire/front/request_head.hpp"

#include <algorithm>
#include <optional>

namespace helloscope::wire::front {
namespace {

constexpr std::string_view white_space = " \t";

bool is_letter_or_digit(std::uint8_t byte) {
    const auto lower = byte | 0x20;
    return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9');
}

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

// VCHAR, obs-text, SP and HTAB (RFC 9110 section 5.5).
bool is_value_character(char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

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

// Walks the lines of a head whose line ends are known to be CRLF.
class head_parser {
  public:
    explicit head_parser(std::string_view text) : text_(text) {}

    parsed<request_head> parse() {
        request_line(next_line());
        for (auto line = next_line(); !error_ && !line.empty(); line = next_line()) field(line);
        if (error_) return std::unexpected(*error_);
        head_.size = text_.size();
        return std::move(head_);
    }

  private:
    std::string_view next_line() {
        const auto end = text_.find("\r\n", position_);
        const auto line = text_.substr(position_, end - position_);
        position_ = end + 2;
        return line;
    }

    void request_line(std::string_view line) {
        const auto first = line.find(' ');
        head_.method = line.substr(0, first);
        if (!is_token(head_.method)) return fail(head_.method, "method");
        if (first == line.npos) return fail(line.substr(line.size()), "request-target");
        const auto second = line.find(' ', first + 1);
        head_.target = line.substr(first + 1, second - first - 1);
        const bool visible = std::all_of(head_.target.begin(), head_.target.end(), is_visible);
        if (head_.target.empty() || !visible) return fail(head_.target, "request-target");
        if (second == line.npos) return fail(line.substr(line.size()), "HTTP-version");
        version(line.substr(second + 1));
    }

    void version(std::string_view text) {
        const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
        const bool well_formed = text.size() == 8 && text.starts_with("HTTP/") &&
                                 is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
        if (!well_formed) return fail(text, "HTTP-version");
        if (text[5] != '1') return fail(text, "HTTP-version", errc::unsupported);
        head_.minor_version = text[7] - '0';
    }

    void field(std::string_view line) {
        if (white_space.find(line.front()) != white_space.npos) return fail(line, "obs-fold");
        const auto colon = line.find(':');
        const auto name = line.substr(0, colon);
        if (colon == line.npos || !is_token(name)) return fail(line, "field-name");
        const auto value = line.substr(colon + 1);
        const auto wrong = std::find_if_not(value.begin(), value.end(), is_value_character);
        if (wrong != value.end()) return fail({wrong, value.end()}, "field-value");
        head_.fields.push_back({name, trimmed(value)});
    }

    void fail(std::string_view where, std::string_view field, errc code = errc::malformed) {
        error_ = parse_error{code, static_cast<std::size_t>(where.data() - text_.data()), field};
    }

    std::string_view text_;
    std::size_t position_ = 0;
    request_head head_;
    std::optional<parse_error> error_;
};

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
    return head_parser{as_text(input.first(*size))}.parse();
}

bool same_field_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return lower_case(x) == lower_case(y);
    });
}

const header_field* find_field(const request_head& head, std::string_view name) {
    const auto found = std::find_if(head.fields.begin(), head.fields.end(), [&](const auto& field) {
        return same_field_name(field.name, name);
    });
    return found == head.fields.end() ? nullptr : &*found;
}

bool is_token_character(std::uint8_t byte) {
    return is_letter_or_digit(byte) ||
           (byte != 0 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(byte)) !=
                             std::string_view::npos);
}

} // namespace helloscope::wire::front
