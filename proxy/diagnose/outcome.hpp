// The few words about a flow that tables, logs and reports share.
#pragma once

#include "helloscope/model/timeline.hpp"

namespace helloscope::diagnose {

// What was concluded when it happened; else what the rules say of it now.
std::shared_ptr<const model::verdict> verdict_of(const model::timeline& flow);

// "releases.bazel.build:443"; the client where it asked for nothing.
std::string target_of(const model::timeline& flow);

// "server-silent (likely)", "ok, TLS 1.3", "ok, no TLS", "closed without a request", "open: hello".
std::string outcome_of(const model::timeline& flow, const model::verdict* verdict);

duration lasted(const model::timeline& flow);

} // namespace helloscope::diagnose
