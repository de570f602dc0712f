// What is worth knowing beside a cause, or of a flow that went well: no failure by itself.
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose {

// Pure functions, one row in a table as the rules.
std::vector<model::note> notes_of(const facts& f);

} // namespace helloscope::diagnose
