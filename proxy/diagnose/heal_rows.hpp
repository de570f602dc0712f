// The rows of a flow's report about its healing: each attempt, what was the matter with it, and
// what came of it.
#pragma once

#include "helloscope/model/timeline.hpp"
#include "page.hpp"

namespace helloscope::diagnose {

void add_heal_rows(page& to, const model::timeline& flow);

} // namespace helloscope::diagnose
