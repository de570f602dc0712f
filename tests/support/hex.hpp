// Bytes as a test writes them: "16 03 01 00 05" or 160301; spaces and newlines are for the eye.
#pragma once

#include "helloscope/base/bytes.hpp"

#include <stdexcept>
#include <string>

namespace helloscope::test {

inline bytes hex(std::string_view text) {
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        throw std::invalid_argument(std::string("not a hex digit: ") + c);
    };
    bytes out;
    int high = -1;
    for (const char c : text) {
        if (c == ' ' || c == '\n' || c == '\t') continue;
        if (high < 0) {
            high = digit(c);
        } else {
            out.push_back(static_cast<std::uint8_t>(high << 4 | digit(c)));
            high = -1;
        }
    }
    if (high >= 0) throw std::invalid_argument("an odd number of hex digits");
    return out;
}

} // namespace helloscope::test
