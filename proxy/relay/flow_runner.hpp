// A flow from its first byte to its end, as one readable coroutine.
#pragma once

#include "flow.hpp"

namespace helloscope::relay {

net::awaitable<void> run_flow(flow& running);

} // namespace helloscope::relay
