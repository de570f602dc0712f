// The settings in force as a configuration file, each with where it came from; read back with
// --config it means the same, but for passwords, which it does not show.
#pragma once

#include "config_layers.hpp"

#include <string>

namespace helloscope::app {

// `from`: what apply_layers said when it filled the options of `command`.
std::string print_config(CLI::App& command, const effective_settings& from);

} // namespace helloscope::app
