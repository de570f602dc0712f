// What a system call costs on this machine: from 0.1 µs to ten times that, where a hypervisor or a
// sandbox takes part in each.
#pragma once

#include "helloscope/base/time.hpp"

namespace helloscope::net {

// One that does nothing; measured the first time, which takes some 0.1 ms. Thread-safe.
duration system_call_cost();

} // namespace helloscope::net
