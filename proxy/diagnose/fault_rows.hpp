// The row of a flow's report about what was broken in it on purpose.
#pragma once

#include "helloscope/model/timeline.hpp"
#include "page.hpp"

namespace helloscope::diagnose {

void add_fault_rows(page& to, const model::timeline& flow);

} // namespace helloscope::diagnose
