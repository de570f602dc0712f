// Times are arguments below the purity line: these are the types, nobody here asks a clock.
#pragma once

#include <chrono>

namespace helloscope {

using duration = std::chrono::nanoseconds;
// Wall clock, nanoseconds since the Unix epoch. Within a flow it advances with the steady clock.
using timestamp = std::chrono::time_point<std::chrono::system_clock, duration>;

} // namespace helloscope
