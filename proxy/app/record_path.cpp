#include "record_path.hpp"

#include <cstdlib>

namespace helloscope::app {

std::filesystem::path default_record_directory() {
    const auto variable = [](const char* name) -> std::filesystem::path {
        const char* value = std::getenv(name);
        return value != nullptr && *value == '/' ? value
                                                 : ""; // the specification: absolute or ignored
    };
    if (const auto state = variable("XDG_STATE_HOME"); !state.empty()) return state / "helloscope";
    if (const auto home = variable("HOME"); !home.empty()) return home / ".local/state/helloscope";
    return {};
}

} // namespace helloscope::app
