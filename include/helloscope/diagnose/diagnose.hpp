// From the facts of a flow to what is wrong with it. A healthy flow, however slow, large or short,
// gets no verdict.
#pragma once

#include "helloscope/model/facts.hpp"

namespace helloscope::diagnose {

// The findings of all rules, ranked: the first names the cause, what else was found is possible,
// too, or a note. Ask when a flow stalls, and again when it has ended.
std::optional<model::verdict> diagnose(const model::facts& facts);

} // namespace helloscope::diagnose
