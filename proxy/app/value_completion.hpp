// What completes the value of an option, whatever the shell.
#pragma once

#include "option_table.hpp"

namespace helloscope::app {

// A command is what stands behind `run --`: the rest of the line is its own.
enum class value_completion : std::uint8_t { nothing, files, folders, choices, command };

// By the choices of the option, else by the FILE, DIR or COMMAND in the name of its type.
value_completion completion_of(const option_row& option);

} // namespace helloscope::app
