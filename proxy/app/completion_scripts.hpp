// Scripts with which shells complete command lines of helloscope. They hold the table of options as
// it was when they were printed, and ask helloscope nothing while they run.
#pragma once

#include "option_table.hpp"

#include <span>

namespace helloscope::app {

// `commands` as command_rows gives them: the program itself first.
std::string bash_completion(std::span<const command_row> commands);
std::string fish_completion(std::span<const command_row> commands);
std::string zsh_completion(std::span<const command_row> commands);

} // namespace helloscope::app
