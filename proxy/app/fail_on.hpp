// --fail-on: which verdicts make the exit status 1.
#pragma once

#include "helloscope/base/result.hpp"
#include "helloscope/model/timeline.hpp"

namespace CLI {
class App;
}

namespace helloscope::app {

// Words of the option: "any", "suspected", "likely", "confirmed" (so sure, or surer), or an id. A
// flow that healing brought through counts by its id only.
bool fails_on(const std::vector<std::string>& words, const model::timeline& flow);

void add_fail_on(CLI::App& command, std::vector<std::string>& words);

} // namespace helloscope::app
