#include "socks_trail.hpp"

#include "comma_list.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::wire::front::socks {
namespace {

constexpr std::string_view pseudonym = "helloscope-";
constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::size_t length = 8;            // digits of a pseudonym, methods of an entry
constexpr std::size_t longest = 31 * length; // with the methods proper it fits into 255
constexpr std::uint8_t first = 0x90, later = 0x80;

bool is_entry(bytes_view methods) {
    return methods.size() == length && (methods[0] & 0xf0) == first &&
           std::ranges::all_of(
               methods.subspan(1), [](auto method) { return (method & 0xf0) == later; });
}

} // namespace

bytes write_trail(std::string_view via) {
    bytes out;
    each_element(via, [&](std::string_view entry) {
        const auto at = entry.find(pseudonym);
        if (at == entry.npos) return;
        const auto digits = entry.substr(at + pseudonym.size(), length);
        if (digits.size() < length || digits.find_first_not_of(hex_digits) != digits.npos) return;
        for (const char& digit : digits)
            out.push_back(static_cast<std::uint8_t>(
                (&digit == digits.data() ? first : later) | hex_digits.find(digit)));
    });
    const auto over = out.size() > longest ? out.size() - longest : 0;
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(over));
    return out;
}

std::string read_trail(bytes_view methods) {
    std::string via;
    while (methods.size() >= length) {
        const auto entry = methods.first(length);
        if (!is_entry(entry)) {
            methods = methods.subspan(1);
            continue;
        }
        via += fmt::format("{}SOCKS/5 {}", via.empty() ? "" : ", ", pseudonym);
        for (const auto method : entry) via += hex_digits[method & 0x0f];
        methods = methods.subspan(length);
    }
    return via;
}

} // namespace helloscope::wire::front::socks
