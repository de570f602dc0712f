// Writing to stdout and stderr so that a full disk or a reader that left is an error, not a
// silence.
#pragma once

#include "helloscope/base/result.hpp"

#include <string_view>

namespace helloscope::app {

// All of `text`, unbuffered, to file descriptor 1 or 2.
result<void> print(std::string_view text);
result<void> print_error(std::string_view text);

bool stdout_is_terminal();

} // namespace helloscope::app
