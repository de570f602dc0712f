// A flow as the admin API tells it: what was asked for, how it stands, what was done to it on
// purpose, and its verdict.
#pragma once

#include "helloscope/model/timeline.hpp"
#include "json_text.hpp"

namespace helloscope::web {

json::object flow_summary(const model::timeline& flow);
// The same and everything else: what was told beside the flow, evidence, remedies, the report.
json::object flow_details(const model::timeline& flow);

} // namespace helloscope::web
