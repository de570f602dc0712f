#include "json_text.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace helloscope::model {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
    return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

// Length of the well-formed UTF-8 sequence at `at` (Unicode table 3-7), 0 if there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
    const auto lead = byte_at(text, at);
    const auto second = byte_at(text, at + 1);
    const auto within = [&](std::uint8_t low, std::uint8_t high) {
        return second >= low && second <= high;
    };
    const auto tail = [&](std::size_t i) { return (byte_at(text, at + i) & 0xc0) == 0x80; };
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        const bool ok = lead == 0xe0   ? within(0xa0, 0xbf)
                        : lead == 0xed ? within(0x80, 0x9f) // no surrogates
                                       : within(0x80, 0xbf);
        return ok && tail(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const bool ok = lead == 0xf0   ? within(0x90, 0xbf)
                        : lead == 0xf4 ? within(0x80, 0x8f)
                                       : within(0x80, 0xbf);
        return ok && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

void append_escaped(char c, std::string& out) {
    switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    }
}

} // namespace

void append_quoted(std::string_view text, std::string& out) {
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const auto length = utf8_length(text, at);
        if (c == '"' || c == '\\' || (c >= 0 && c < 0x20)) {
            append_escaped(c, out);
        } else if (length == 0) {
            out += "\xef\xbf\xbd";
        } else {
            out.append(text, at, length);
        }
        at += length == 0 ? 1 : length;
    }
    out += '"';
}

void append_seconds(timestamp time, std::string& out) {
    using namespace std::chrono;
    const auto since = time.time_since_epoch();
    const auto whole = floor<seconds>(since);
    fmt::format_to(
        std::back_inserter(out), "{}.{:06}", whole.count(),
        duration_cast<microseconds>(since - whole).count());
}

void append_seconds(duration time, std::string& out) {
    using namespace std::chrono;
    if (time < duration::zero()) out += '-';
    // As unsigned, so that the smallest value has an absolute one.
    const auto count = static_cast<std::uint64_t>(time.count());
    const auto size = time < duration::zero() ? 0 - count : count;
    const auto nanoseconds = size % 1'000'000'000;
    fmt::format_to(std::back_inserter(out), "{}.", size / 1'000'000'000);
    if (nanoseconds % 1000 == 0) {
        fmt::format_to(std::back_inserter(out), "{:06}", nanoseconds / 1000);
    } else {
        fmt::format_to(std::back_inserter(out), "{:09}", nanoseconds);
    }
}

} // namespace helloscope::model
