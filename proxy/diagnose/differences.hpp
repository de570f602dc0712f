// Where a failure that the user saw without helloscope does not show with it: what is different
// here.
#pragma once

#include "helloscope/model/timeline.hpp"

#include <span>

namespace helloscope::diagnose {

// One sentence a difference, of flows that all went well.
std::vector<std::string> differences_of(std::span<const model::timeline> flows);

} // namespace helloscope::diagnose
