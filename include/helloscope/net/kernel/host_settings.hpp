// Settings of this machine (of its network namespace) that decide what TCP does on a broken path.
#pragma once

#include "helloscope/model/event.hpp"

namespace helloscope::net {

// What cannot be read stays empty.
model::host_settings read_host_settings();

} // namespace helloscope::net
