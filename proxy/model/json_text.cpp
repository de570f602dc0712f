#include "json_text.hpp"

#include <charconv>
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

constexpr std::string_view hex_digits = "0123456789abcdef";

char* put_hex(char* to, std::uint8_t octet) {
    *to++ = hex_digits[octet >> 4];
    *to++ = hex_digits[octet & 0x0f];
    return to;
}

char* put_number(char* to, std::integral auto value) {
    return std::to_chars(to, to + 20, value).ptr; // 20: "-9223372036854775808"
}

// The last `width` digits, zeros in front.
char* put_digits(char* to, std::uint32_t value, int width) {
    for (int i = width; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
    return to + width;
}

char* put(char* to, std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    return to + text.size();
}

char* put_escaped(char* to, char c) {
    switch (c) {
    case '"': return put(to, "\\\"");
    case '\\': return put(to, "\\\\");
    case '\n': return put(to, "\\n");
    case '\r': return put(to, "\\r");
    case '\t': return put(to, "\\t");
    default: return put_hex(put(to, "\\u00"), static_cast<std::uint8_t>(c));
    }
}

// Control characters with DEL, which JSON would allow: a journal's line may not hold it.
bool needs_escape(char c) { return c == '"' || c == '\\' || (c >= 0 && c < 0x20) || c == 0x7f; }

} // namespace

void json_text::number(std::uint64_t value) {
    auto* to = put_number(pen_.room(21), value);
    *to++ = ',';
    pen_.done(to);
}

void json_text::seconds(timestamp time) {
    using namespace std::chrono;
    const auto since = time.time_since_epoch();
    const auto whole = floor<std::chrono::seconds>(since);
    const auto rest = duration_cast<microseconds>(since - whole).count();
    auto* to = put_number(pen_.room(28), whole.count());
    *to++ = '.';
    to = put_digits(to, static_cast<std::uint32_t>(rest), 6);
    *to++ = ',';
    pen_.done(to);
}

void json_text::seconds(duration time) {
    auto* to = pen_.room(32);
    if (time < duration::zero()) *to++ = '-';
    // As unsigned, so that the smallest value has an absolute one.
    const auto count = static_cast<std::uint64_t>(time.count());
    const auto size = time < duration::zero() ? 0 - count : count;
    const auto nanoseconds = static_cast<std::uint32_t>(size % 1'000'000'000);
    to = put_number(to, size / 1'000'000'000);
    *to++ = '.';
    to = nanoseconds % 1000 == 0 ? put_digits(to, nanoseconds / 1000, 6)
                                 : put_digits(to, nanoseconds, 9);
    *to++ = ',';
    pen_.done(to);
}

void json_text::string(std::string_view text) {
    constexpr std::size_t longest = 6; // "\u0001"
    auto* to = pen_.room(text.size() * longest + 3);
    *to++ = '"';
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (const auto length = utf8_length(text, at); length == 0) {
            to = put(to, "\xef\xbf\xbd");
            ++at;
        } else if (needs_escape(c)) {
            to = put_escaped(to, c);
            ++at;
        } else {
            for (const auto end = at + length; at < end; ++at) *to++ = text[at];
        }
    }
    pen_.done(put(to, "\","));
}

void json_text::name(std::string_view plain) {
    auto* to = pen_.room(plain.size() + 3);
    *to++ = '"';
    pen_.done(put(put(to, plain), "\","));
}

void json_text::hex(std::uint16_t code) {
    auto* to = put(pen_.room(9), "\"0x");
    to = put_hex(to, static_cast<std::uint8_t>(code >> 8));
    to = put_hex(to, static_cast<std::uint8_t>(code));
    pen_.done(put(to, "\","));
}

void json_text::octets(bytes_view raw) {
    auto* to = pen_.room(raw.size() * 2 + 3);
    *to++ = '"';
    for (const auto octet : raw) to = put_hex(to, octet);
    pen_.done(put(to, "\","));
}

void json_text::address(const ip_address& value) {
    auto* to = pen_.room(longest_endpoint + 3);
    *to++ = '"';
    pen_.done(put(write_text(to, value), "\","));
}

void json_text::address(const endpoint& value) {
    auto* to = pen_.room(longest_endpoint + 3);
    *to++ = '"';
    pen_.done(put(write_text(to, value), "\","));
}

} // namespace helloscope::model
