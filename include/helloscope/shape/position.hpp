// Where the first flight is cut, as people write it: an offset, or a place relative to what is in
// the hello. What bytes an offset counts is said by the step that holds the position.
#pragma once

#include "helloscope/base/result.hpp"

#include <cstdint>
#include <vector>

namespace helloscope::shape {

struct position {
    enum class anchor : std::uint8_t {
        start,   // "5": bytes from the beginning
        end,     // "-1": bytes from the end
        sni,     // "sni+2": from the first byte of the SNI host name
        midsni,  // the middle of that name
        every,   // "every:100": again and again, at this distance
        records, // at each border between two TLS records
    };
    anchor from{};
    std::int32_t offset = 0; // of midsni and records: 0
    bool operator==(const position&) const = default;
};

using positions = std::vector<position>;

// No hello that a client sends is longer, and no first flight is held beyond it.
inline constexpr std::int32_t furthest_offset = 65'535;

// "1,sni+2,-1". The failure says which of them is none, and what one looks like.
result<positions> parse_positions(std::string_view text);
std::string to_string(const positions& places); // parse_positions reads it back

} // namespace helloscope::shape
