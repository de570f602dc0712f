// The user's folders after the XDG Base Directory Specification.
#pragma once

#include <filesystem>

namespace helloscope::app {

// $VARIABLE/helloscope, else ~/BELOW_HOME/helloscope; empty when there is no home. A variable that
// is no absolute path is ignored, as the specification wants it.
std::filesystem::path xdg_folder(const char* variable, const char* below_home);

} // namespace helloscope::app
