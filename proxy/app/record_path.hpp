// Where `run` records when nobody says: the user's state directory (XDG Base Directory
// Specification).
#pragma once

#include <filesystem>

namespace helloscope::app {

// $XDG_STATE_HOME/helloscope, else ~/.local/state/helloscope; empty when there is no home.
std::filesystem::path default_record_directory();

} // namespace helloscope::app
