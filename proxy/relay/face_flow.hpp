// A flow as the public face shows it: made of the relay's own story of it and of its events.
#pragma once

#include "helloscope/helloscope.hpp"
#include "helloscope/model/timeline.hpp"

namespace helloscope::relay {

helloscope::flow make_flow(const model::timeline& story, std::vector<model::event> events);

} // namespace helloscope::relay
