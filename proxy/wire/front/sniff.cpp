#include "helloscope/wire/front/sniff.hpp"

#include "helloscope/wire/front/request_head.hpp"

#include <algorithm>

namespace helloscope::wire::front {
namespace {

constexpr std::size_t longest_method = 24; // UPDATEREDIRECTREF, the longest registered one, has 17

constexpr std::string_view proxy_v2_signature{"\r\n\r\n\0\r\nQUIT\n", 12};

first_bytes sniff_method(std::string_view text) {
    const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
        return is_token_character(static_cast<std::uint8_t>(c));
    });
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (length > longest_method) return first_bytes::unknown;
    if (length == text.size()) return first_bytes::need_more;
    if (length == 0 || *end != ' ') return first_bytes::unknown;
    return text.substr(0, length) == "PROXY" ? first_bytes::proxy_v1 : first_bytes::http;
}

first_bytes sniff_signature(std::string_view text) {
    if (text.starts_with(proxy_v2_signature)) return first_bytes::proxy_v2;
    return proxy_v2_signature.starts_with(text) ? first_bytes::need_more : first_bytes::unknown;
}

// | 1 length(15) | 0x01 client_hello | version 0x03.. or 0x0002 |
first_bytes sniff_sslv2(bytes_view input) {
    if (input.size() > 2 && input[2] != 0x01) return first_bytes::unknown;
    if (input.size() < 4) return first_bytes::need_more;
    if (input[3] == 0x03) return first_bytes::sslv2_hello;
    if (input[3] != 0x00) return first_bytes::unknown;
    if (input.size() < 5) return first_bytes::need_more;
    return input[4] == 0x02 ? first_bytes::sslv2_hello : first_bytes::unknown;
}

} // namespace

first_bytes sniff(bytes_view input) {
    if (input.empty()) return first_bytes::need_more;
    switch (input[0]) {
    case 0x04: return first_bytes::socks4;
    case 0x05: return first_bytes::socks5;
    case 0x16:
        if (input.size() < 2) return first_bytes::need_more;
        return input[1] == 0x03 ? first_bytes::tls : first_bytes::unknown;
    case '\r': return sniff_signature(as_text(input));
    default: return input[0] & 0x80 ? sniff_sslv2(input) : sniff_method(as_text(input));
    }
}

} // namespace helloscope::wire::front
