// Looks at a flow that stands still: the kernel is asked, the stall is told, and the rules say what
// they make of it while the client still waits.
#pragma once

#include "flow.hpp"

namespace helloscope::relay {

// Until the flow has come to `end` or is over, or the timer is cancelled; a tunnel that nobody uses
// is looked at for a minute.
net::awaitable<void> watch(flow& of, model::stage end, net::asio::steady_timer& timer);

// The same beside an operation that ends by itself: comes back only when it is cancelled.
net::awaitable<void> watch_beside(flow& of);

} // namespace helloscope::relay
