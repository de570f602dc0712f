// The text of a trigger, the part of a fault behind its '@'.
#pragma once

#include "helloscope/fault/spec.hpp"

namespace helloscope::fault {

// Nothing when it is none.
std::optional<trigger> parse_trigger(std::string_view text);
std::string to_string(const trigger& when); // empty for the one that needs no word
// What a trigger looks like.
std::string_view looks_of_trigger();

} // namespace helloscope::fault
