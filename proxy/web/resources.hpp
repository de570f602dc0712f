// Our own resources, for what Toxiproxy cannot say: listeners of either kind and their faults by
// their text, the routes, the flows with their verdicts, the events as they happen.
#pragma once

#include "router.hpp"

namespace helloscope::web {

std::span<const resource> own_resources();

} // namespace helloscope::web
