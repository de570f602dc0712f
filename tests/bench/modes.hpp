// What bench_load measures: each mode returns the JSON line of its result, or throws `broken`.
#pragma once

#include "options.hpp"

namespace bench {

std::string run_bulk(const options&);
std::string run_rate(const options&);
std::string run_latency(const options&);
std::string run_idle(const options&);

} // namespace bench
