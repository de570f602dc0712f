// Every fault, one a file in this folder. The table in kinds.cpp has a row for each.
#pragma once

#include "helloscope/fault/kind.hpp"

namespace helloscope::fault::faults {

extern const kind latency, jitter, throttle, slice, stall, blackhole, drop_tail, reset, close,
    half_close, truncate, corrupt, alert, not_tls, slow_close, timeout, limit_data;
// They act before a byte passes.
extern const kind refuse, dns_fail, connect_stall;

} // namespace helloscope::fault::faults
