// Decimal digits for what is written thousands of times a second: two with each division.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace helloscope {

namespace detail {

inline constexpr auto digit_pairs = [] {
    std::array<std::array<char, 2>, 100> pairs{};
    for (std::size_t i = 0; i < pairs.size(); ++i)
        pairs[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
    return pairs;
}();

} // namespace detail

// The last `width` digits, zeros in front; returns where they end, as the next one does.
template <std::size_t width> char* put_digits(char* to, std::uint64_t value) {
    auto at = width;
    for (; at > 1; value /= 100) {
        at -= 2;
        std::memcpy(to + at, detail::digit_pairs[value % 100].data(), 2);
    }
    if (at == 1) *to = static_cast<char>('0' + value % 10);
    return to + width;
}

// As many characters as it has digits, at most 20.
inline char* put_number(char* to, std::uint64_t value) {
    if (value < 10) { // most are
        *to = static_cast<char>('0' + value);
        return to + 1;
    }
    if (value < 100) return put_digits<2>(to, value);
    if (value < 1'000) return put_digits<3>(to, value);
    if (value < 10'000) return put_digits<4>(to, value);
    return std::to_chars(to, to + 20, value).ptr;
}

// One that has `usual` digits, as times have between 2001 and 2286, or any other. At most 20
// characters.
template <std::size_t usual> char* put_usual(char* to, std::int64_t value) {
    constexpr auto least = [] {
        std::int64_t power = 1;
        for (std::size_t i = 1; i < usual; ++i) power *= 10;
        return power;
    }();
    if (value >= least && value / 10 < least)
        return put_digits<usual>(to, static_cast<std::uint64_t>(value));
    return std::to_chars(to, to + 20, value).ptr;
}

} // namespace helloscope
