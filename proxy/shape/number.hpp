// Whole numbers as people write them in a shape: digits only, no sign.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace helloscope::shape {

inline std::optional<std::uint32_t> parse_number(std::string_view text) {
    std::uint32_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

} // namespace helloscope::shape
