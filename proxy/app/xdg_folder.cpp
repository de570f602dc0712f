#include "xdg_folder.hpp"

#include <cstdlib>

namespace helloscope::app {
namespace {

std::filesystem::path absolute(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value == '/' ? value : "";
}

} // namespace

std::filesystem::path xdg_folder(const char* variable, const char* below_home) {
    if (const auto folder = absolute(variable); !folder.empty()) return folder / "helloscope";
    if (const auto home = absolute("HOME"); !home.empty()) return home / below_home / "helloscope";
    return {};
}

} // namespace helloscope::app
