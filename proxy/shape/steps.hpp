// What every step has: its argument read and written, and what it does to a plan. README.md says
// how to add one.
#pragma once

#include "draft.hpp"

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

void apply(const records& one, draft& to);
void apply(const split& one, draft& to);
void apply(const dribble& one, draft& to);
void apply(const pacing& one, draft& to);

} // namespace helloscope::shape
