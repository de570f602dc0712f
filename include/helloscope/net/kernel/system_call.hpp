// What a system call costs on this machine: between 0.1 µs and, under a hypervisor or a sandbox that
// takes part in each, ten times as much.
#pragma once

#include "helloscope/base/time.hpp"

namespace helloscope::net {

// One that does nothing, measured once in some 0.1 ms and remembered. Thread-safe.
duration system_call_cost();

} // namespace helloscope::net
