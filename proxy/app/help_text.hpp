// How help looks: CLI11's layout, without its notes on which options exclude which. A command line
// that combines them wrongly is told so.
#pragma once

#include <CLI/App.hpp>

namespace helloscope::app {

void use_help_text(CLI::App& root); // for its subcommands too, if they are added later

} // namespace helloscope::app
