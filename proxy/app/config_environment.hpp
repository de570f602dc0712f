// Settings from the environment: HELLOSCOPE_SUBCOMMAND_FLAG. A blank variable is as if it were not
// set; several values of a repeatable option are separated by white space.
#pragma once

#include "helloscope/base/result.hpp"
#include "option_table.hpp"
#include "settings.hpp"

#include <span>

namespace helloscope::app {

// `environment` as ::environ has it: NAME=value. A variable of this subcommand that no option has
// is an error, and so is one of no subcommand that looks like a slip of one of these.
result<settings> read_config_environment(
    std::span<const std::string> environment, const std::string& command,
    std::span<const option_row> options, std::span<const std::string> commands);

} // namespace helloscope::app
