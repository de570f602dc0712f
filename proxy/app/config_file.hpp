// A configuration file: TOML with a table a subcommand, whose keys are the long flags without --.
// Text in, settings out; what is wrong is said as FILE:LINE:COLUMN: what. Whether a value is a good
// one is for the option's own check, later.
//
// A table that may be repeated, [[route]], is the option of its name once a table: its keys become
// the words of the value.
#pragma once

#include "helloscope/base/result.hpp"
#include "option_table.hpp"
#include "settings.hpp"

#include <span>

namespace helloscope::app {

struct config_text {
    std::string toml;
    std::string file; // for messages
};

// What table [command] sets of `options`. Other tables have to be among `commands`, and are left to
// those.
result<settings> read_config_text(
    const config_text& text, const std::string& command, std::span<const option_row> options,
    std::span<const std::string> commands);

} // namespace helloscope::app
