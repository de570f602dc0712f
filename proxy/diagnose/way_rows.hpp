// The rows of a flow's report about its ways in and out: PROXY protocol headers, parent proxies,
// exchanges of plain HTTP.
#pragma once

#include "helloscope/model/timeline.hpp"
#include "page.hpp"

namespace helloscope::diagnose {

void add_way_rows(page& to, const model::timeline& flow);

} // namespace helloscope::diagnose
