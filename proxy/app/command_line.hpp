// From arguments to an exit status: finds the subcommand, parses, runs it, and says what was wrong.
#pragma once

#include "subcommand.hpp"

#include <span>
#include <string>
#include <vector>

namespace helloscope::app {

// `arguments` without the program's name. Errors go to stderr as one line and what to do about it.
int run_command_line(std::vector<std::string> arguments, std::span<const subcommand> table);

} // namespace helloscope::app
