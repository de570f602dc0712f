// From the facts of a flow to what is wrong with it. A healthy flow, however slow, large or short,
// gets no verdict.
#pragma once

#include "helloscope/model/facts.hpp"

namespace helloscope::diagnose {

// The first rule of the table that finds something names the cause; what later rules find beside it
// are its notes. Ask when a flow stalls, and again when it has ended.
std::optional<model::verdict> diagnose(const model::facts& facts);

} // namespace helloscope::diagnose
