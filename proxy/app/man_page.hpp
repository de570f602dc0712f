// The manual page, in the man macros of troff: subcommands and options from their table, the rest
// (exit status, environment, files) as text.
#pragma once

#include "option_table.hpp"

#include <span>

namespace helloscope::app {

// helloscope(1) with all of `commands`, as command_rows gives them, or helloscope-NAME(1) with the
// subcommand `only`.
std::string man_page(std::span<const command_row> commands, std::string_view only);

} // namespace helloscope::app
