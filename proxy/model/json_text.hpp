// JSON's strings and numbers, appended to a text.
#pragma once

#include "helloscope/base/time.hpp"

#include <string>
#include <string_view>

namespace helloscope::model {

// With its quotes, escaped as in RFC 8259 section 7; each byte that is no UTF-8 becomes U+FFFD.
void append_quoted(std::string_view text, std::string& out);

void append_seconds(timestamp time, std::string& out); // 6 digits, rounded down
void append_seconds(duration time, std::string& out);  // 6 digits, or 9 where they say more

} // namespace helloscope::model
