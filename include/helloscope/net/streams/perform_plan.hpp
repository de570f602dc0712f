// A plan of writes carried out: each write leaves as a segment of its own, and the pauses between
// them are those of the plan.
#pragma once

#include "helloscope/net/streams/stream.hpp"
#include "helloscope/shape/plan.hpp"

namespace helloscope::net {

// All of the plan; the error that stopped it. `plan` outlives the call. Ended by stop_waiting and
// by cancellation.
awaitable<error_code> perform_plan(stream& to, const shape::plan& plan);

} // namespace helloscope::net
