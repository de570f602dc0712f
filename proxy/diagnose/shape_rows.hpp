// The rows of a flow's report about what was asked of its segments: the clamp, and how the first
// flight was sent.
#pragma once

#include "helloscope/model/timeline.hpp"
#include "page.hpp"

namespace helloscope::diagnose {

void add_shape_rows(page& to, const model::timeline& flow);

} // namespace helloscope::diagnose
