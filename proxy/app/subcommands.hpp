// The table of subcommands, in the order in which help shows them.
#pragma once

#include "subcommand.hpp"

#include <span>

namespace helloscope::app {

std::span<const subcommand> subcommands();

} // namespace helloscope::app
