// What a subcommand can be told besides its flags: a configuration file (--config) and the
// environment. Every subcommand with options has it, from the same table as its flags.
#pragma once

#include "subcommand.hpp"

namespace helloscope::app {

// Adds --config and --print-config to `command`, whose options are complete, unless it has none.
// The action returned does what `told` does, or prints the configuration if that was asked for.
// `command` outlives it and has a parent.
action with_configuration(CLI::App& command, action told);

} // namespace helloscope::app
