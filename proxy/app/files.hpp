// Whole files read and written, with errors that name the path.
#pragma once

#include "helloscope/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace helloscope::app {

// Fails on a file of more than 16 MiB: nothing read here is that large.
result<std::string> read_file(const std::filesystem::path& path);

// Readers see the old file or the whole new one, never a part: written beside it and renamed.
result<void> write_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

// For scripts that wait for ports chosen by the kernel: each number and a newline.
result<void> write_port_file(
    const std::filesystem::path& path, std::span<const std::uint16_t> ports);

} // namespace helloscope::app
