#include "journal.hpp"

#include "ordered_reader.hpp"

#include <algorithm>

namespace helloscope::wire::pcapng {
namespace {

// A key and either '=' or a newline; empty at the end of the entry.
std::string_view read_key(ordered_reader& in, char& separator);
std::string_view read_line(ordered_reader& in);
bool is_text(std::string_view value);

} // namespace

std::optional<std::string_view> journal::find(std::string_view key) const {
    const auto found = std::ranges::find(fields, key, &journal_field::key);
    if (found == fields.end()) return std::nullopt;
    return found->value;
}

parsed<journal> parse_journal(bytes_view entry, std::size_t offset) {
    ordered_reader in{entry, std::endian::little, offset};
    journal out;
    while (in.ok()) {
        char separator = '=';
        const auto key = read_key(in, separator);
        if (key.empty()) break;
        if (out.fields.size() == most_journal_fields) in.fail(errc::too_long, "journal_entry");
        if (separator == '=') {
            out.fields.push_back({key, read_line(in)});
        } else {
            const auto length = in.u64("journal_value_length");
            out.fields.push_back({key, as_text(in.take(length, "journal_value"))});
            if (in.u8("journal_value") != '\n') in.fail(errc::malformed, "journal_value");
        }
    }
    if (!in.ok()) return std::unexpected(in.error_in_whole());
    return out;
}

void append_journal_field(pen<bytes>& out, const journal_field& field) {
    const bool line = is_text(field.value);
    auto* to = out.room(field.key.size() + field.value.size() + 10);
    const auto put = [&to](std::string_view text) {
        if (!text.empty()) std::memcpy(to, text.data(), text.size());
        to += text.size();
    };
    put(field.key);
    *to++ = line ? '=' : '\n';
    if (!line)
        for (std::uint64_t i = 0, length = field.value.size(); i < 8; ++i, length >>= 8)
            *to++ = static_cast<std::uint8_t>(length);
    put(field.value);
    *to++ = '\n';
    out.done(to);
}

namespace {

std::string_view read_key(ordered_reader& in, char& separator) {
    const auto rest = as_text(in.rest());
    if (rest.empty() || rest.front() == '\n' || rest.front() == '\0') return {};
    const auto length = std::min(rest.find_first_of("=\n"), rest.size());
    if (length == 0) in.fail(errc::malformed, "journal_key");
    const auto key = as_text(in.take(length, "journal_key"));
    separator = static_cast<char>(in.u8("journal_key"));
    return key;
}

std::string_view read_line(ordered_reader& in) {
    const auto rest = as_text(in.rest());
    const auto length = std::min(rest.find('\n'), rest.size());
    const auto line = as_text(in.take(length, "journal_value"));
    in.take(std::min<std::size_t>(in.left(), 1), "journal_value");
    return line.substr(0, line.find_last_not_of('\0') + 1); // a last line without newline is padded
}

bool is_text(std::string_view value) {
    // To the end in any case: most values are text, and without an exit many bytes go at once.
    std::uint8_t control = 0;
    for (const char c : value) {
        const auto octet = static_cast<std::uint8_t>(c);
        control |= static_cast<std::uint8_t>(((octet < 0x20) & (octet != '\t')) | (octet == 0x7f));
    }
    return control == 0;
}

} // namespace
} // namespace helloscope::wire::pcapng
