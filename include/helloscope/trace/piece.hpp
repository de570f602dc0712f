// A stretch of a flow's bytes as the recording keeps it: what was seen of it, and how long it was.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/direction.hpp"
#include "helloscope/base/time.hpp"

#include <array>

namespace helloscope::trace {

// Which legs the bytes went over: a front's dialogue stays on the client leg, that with a parent
// proxy on the server leg.
enum class legs : std::uint8_t { client, server, both };

struct piece {
    std::uint64_t flow = 0;
    timestamp time;
    direction dir{};
    legs on = legs::both;
    // What is kept, from the first byte on: `header_size` bytes of `header`, then `body`. A cut TLS
    // record is its header alone, which needs no allocation.
    std::uint8_t header_size = 0;
    std::array<std::uint8_t, 5> header{};
    bytes body;
    std::uint64_t length = 0;  // real, bytes; never less than what is kept
    std::uint64_t omitted = 0; // bytes of this direction that went by before, in no packet
};

} // namespace helloscope::trace
