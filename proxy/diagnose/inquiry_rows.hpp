// The rows of a flow's report about what was asked beside it: the tests of --investigate, and the
// server's certificates.
#pragma once

#include "helloscope/model/timeline.hpp"
#include "page.hpp"

namespace helloscope::diagnose {

void add_inquiry_rows(page& to, const model::timeline& flow);

} // namespace helloscope::diagnose
