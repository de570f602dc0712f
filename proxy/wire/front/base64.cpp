#include "base64.hpp"

#include <algorithm>

namespace helloscope::wire::front {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string write_base64(bytes_view input) {
    std::string out;
    out.reserve((input.size() + 2) / 3 * 4);
    for (; !input.empty(); input = input.subspan(std::min<std::size_t>(3, input.size()))) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < input.size() ? input[i] : 0u);
        for (std::size_t i = 0; i < 4; ++i)
            out += i <= input.size() ? alphabet[group >> (18 - 6 * i) & 0x3f] : '=';
    }
    return out;
}

std::optional<bytes> parse_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    const auto digits = std::min(text.find('='), text.size());
    if (text.size() - digits > 2 || text.find_first_not_of('=', digits) != text.npos)
        return std::nullopt;
    bytes out;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : text.substr(0, digits)) {
        const auto value = alphabet.find(c);
        if (value == alphabet.npos) return std::nullopt;
        held = (held << 6 | static_cast<std::uint32_t>(value)) & 0xfff;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out.push_back(static_cast<std::uint8_t>(held >> bits));
    }
    if ((held & ((1u << bits) - 1)) != 0) return std::nullopt;
    return out;
}

} // namespace helloscope::wire::front
