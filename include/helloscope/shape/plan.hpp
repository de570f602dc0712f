// A shape applied to a first flight: the bytes to send, how they are parted into writes, and what
// of the shape did not apply. Pure: relay performs it.
#pragma once

#include "helloscope/shape/first_flight.hpp"
#include "helloscope/shape/shape.hpp"

namespace helloscope::shape {

struct plan {
    bytes content;                      // as long as all writes together
    std::vector<std::uint32_t> writes;  // bytes of each, in order; none is empty
    std::vector<std::uint32_t> records; // length fields, where records were made anew
    std::optional<pacing> between;      // one write and the next
    std::string note;                   // what did not apply, and why
};

// `flight` is what `what` was read from, up to what.size: bytes behind a hello are not its. Of what
// is no hello, only positions that count bytes apply.
plan make_plan(const shape& how, bytes_view flight, const first_flight& what);

} // namespace helloscope::shape
