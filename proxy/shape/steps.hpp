// What every step has: its argument read and written. README.md says how to add one.
#pragma once

#include "helloscope/shape/shape.hpp"

namespace helloscope::shape {

result<step> read_records(std::string_view argument);
result<step> read_split(std::string_view argument);
result<step> read_dribble(std::string_view argument);
result<step> read_pacing(std::string_view argument);

// As the shape's text has it, with its word: "split:sni,-1".
std::string text_of(const records& one);
std::string text_of(const split& one);
std::string text_of(const dribble& one);
std::string text_of(const pacing& one);

} // namespace helloscope::shape
