// The text of single values: sizes, rates, times, names of alerts. Exact both ways: what is written
// reads back as the same number.
#pragma once

#include "helloscope/base/time.hpp"
#include "helloscope/fault/kind.hpp"

#include <string>

namespace helloscope::fault {

// Nothing when it is no such value, or too large to be one.
std::optional<std::int64_t> parse_value(unit of, std::string_view text);
std::string text_of(unit of, std::int64_t value);
// What such a value looks like: "a time such as 50ms or 2s".
std::string_view looks_of(unit of);

} // namespace helloscope::fault
