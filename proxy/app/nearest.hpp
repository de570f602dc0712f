// "Did you mean": the known name that is the fewest edits away from what was typed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace helloscope::app {

// Nothing when even the best is more than three edits away, or half of a short word: a wild guess
// does not help.
std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> known);

} // namespace helloscope::app
