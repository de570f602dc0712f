#include "json_text.hpp"

#include "helloscope/base/digits.hpp"

#include <cstdint>

namespace helloscope::model {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
    return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

// Length of the well-formed UTF-8 sequence in front (Unicode table 3-7), 0 if there is none.
std::size_t utf8_length(std::string_view text) {
    const auto lead = byte_at(text, 0);
    const auto second = byte_at(text, 1);
    const auto within = [&](std::uint8_t low, std::uint8_t high) {
        return second >= low && second <= high;
    };
    const auto tail = [&](std::size_t i) { return (byte_at(text, i) & 0xc0) == 0x80; };
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

// Of every octet, so that each is one store: hellos are lists of them.
constexpr auto hex_pairs = [] {
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t i = 0; i < pairs.size(); ++i)
        pairs[i] = {hex_digits[i >> 4], hex_digits[i & 0x0f]};
    return pairs;
}();

char* put_hex(char* to, std::uint8_t octet) {
    std::memcpy(to, hex_pairs[octet].data(), 2);
    return to + 2;
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
constexpr bool needs_escape(char c) {
    return c == '"' || c == '\\' || (c >= 0 && c < 0x20) || c == 0x7f;
}

// ASCII that stands for itself.
constexpr auto is_plain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t i = 0; i < 0x80; ++i) plain[i] = !needs_escape(static_cast<char>(i));
    return plain;
}();

std::size_t plain_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_plain[static_cast<std::uint8_t>(text[length])]) ++length;
    return length;
}

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
    auto* to = put_usual<10>(pen_.room(28), whole.count());
    *to++ = '.';
    to = put_digits<6>(to, static_cast<std::uint64_t>(rest));
    *to++ = ',';
    pen_.done(to);
}

void json_text::seconds(duration time) {
    auto* to = pen_.room(32);
    if (time < duration::zero()) *to++ = '-';
    // As unsigned, so that the smallest value has an absolute one.
    const auto count = static_cast<std::uint64_t>(time.count());
    const auto size = time < duration::zero() ? 0 - count : count;
    const auto nanoseconds = size % 1'000'000'000;
    to = put_number(to, size / 1'000'000'000);
    *to++ = '.';
    to = nanoseconds % 1000 == 0 ? put_digits<6>(to, nanoseconds / 1000)
                                 : put_digits<9>(to, nanoseconds);
    *to++ = ',';
    pen_.done(to);
}

void json_text::string(std::string_view text) {
    constexpr std::size_t longest = 6; // "\u0001"
    auto* to = pen_.room(text.size() * longest + 3);
    *to++ = '"';
    while (!text.empty()) {
        auto length = plain_length(text);
        if (length == 0 && !needs_escape(text.front())) length = utf8_length(text);
        if (length > 0) {
            to = put(to, text.substr(0, length));
            text.remove_prefix(length);
            continue;
        }
        to = needs_escape(text.front()) ? put_escaped(to, text.front()) : put(to, "\xef\xbf\xbd");
        text.remove_prefix(1);
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
