#include "record_path.hpp"

#include "xdg_folder.hpp"

namespace helloscope::app {

std::filesystem::path default_record_directory() {
    return xdg_folder("XDG_STATE_HOME", ".local/state");
}

} // namespace helloscope::app
