#include "page.hpp"

#include <algorithm>

namespace helloscope::diagnose {
namespace {

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

// Bytes of the first `columns` columns.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
    std::size_t at = 0;
    for (; at < text.size(); ++at)
        if (begins_code_point(text[at]) && columns-- == 0) break;
    return at;
}

// Where to break a text that has room for `bytes`; npos: nowhere.
std::size_t cut_of(std::string_view text, std::size_t bytes) {
    for (const auto at : {text.rfind(' ', bytes), text.rfind(firm_space, bytes)})
        if (at != std::string_view::npos && at > 0) return at;
    return text.find_first_of(" \x1f", bytes); // a word that is too long
}

constexpr std::string_view code_of(ink how) {
    switch (how) {
    case ink::dim: return "\x1b[2m";
    case ink::bold: return "\x1b[1m";
    case ink::good: return "\x1b[32m";
    case ink::bad: return "\x1b[1;31m";
    case ink::command: return "\x1b[36m";
    case ink::plain: break;
    }
    return "";
}

} // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (const char c : text) columns += begins_code_point(c) ? 1 : 0;
    return columns;
}

std::string fitted(std::string_view text, std::size_t columns) {
    const auto size = columns_of(text);
    if (size <= columns) return std::string(text) + std::string(columns - size, ' ');
    return std::string(text.substr(0, bytes_of(text, columns - 1))) + "…";
}

page& page::row(std::string_view label, std::string_view text, ink how) {
    wrapped("  " + painted(fitted(label, label_width), ink::dim), label_width + 2, text, how);
    return *this;
}

page& page::paragraph(std::size_t indent, std::string_view text, ink how) {
    wrapped(std::string(indent, ' '), indent, text, how);
    return *this;
}

page& page::line(std::size_t indent, std::string_view text, ink how) {
    out_.append(indent, ' ').append(painted(text, how)).append("\n");
    return *this;
}

page& page::gap() {
    out_ += '\n';
    return *this;
}

void page::wrapped(std::string_view first, std::size_t indent, std::string_view text, ink how) {
    const auto room = width_ - indent;
    out_ += first;
    while (columns_of(text) > room) {
        const auto cut = cut_of(text, bytes_of(text, room));
        if (cut == std::string_view::npos) break;
        out_ += painted(text.substr(0, cut), how);
        out_ += '\n';
        out_.append(indent, ' ');
        text.remove_prefix(cut + 1);
    }
    out_ += painted(text, how);
    out_ += '\n';
}

std::string page::painted(std::string_view text, ink how) const {
    std::string out(text);
    // Whatever a name or a parent's words hold, a terminal gets no control characters.
    const auto control = [](unsigned char c) { return c < ' ' || c == 0x7f; }; // firm_space, too
    std::ranges::replace_if(out, control, ' ');
    if (!colour_ || how == ink::plain || text.empty()) return out;
    return std::string(code_of(how)).append(out).append("\x1b[0m");
}

} // namespace helloscope::diagnose
