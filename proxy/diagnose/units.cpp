#include "helloscope/diagnose/units.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace helloscope::diagnose {

std::string text_of(duration time) {
    if (time < duration::zero()) return "-" + text_of(-time);
    const auto ms = std::chrono::duration<double, std::milli>(time).count();
    if (ms < 0.9995) return fmt::format("{:.2f} ms", ms);
    if (ms < 9.95) return fmt::format("{:.1f} ms", ms);
    if (ms < 999.5) return fmt::format("{:.0f} ms", ms);
    if (ms < 99'950) return fmt::format("{:.1f} s", ms / 1000);
    const auto seconds = static_cast<std::uint64_t>(std::llround(ms / 1000));
    if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

std::string text_of_number(std::uint64_t value) {
    auto digits = std::to_string(value);
    for (auto at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string text_of_bytes(std::uint64_t bytes) {
    if (bytes < 10'240) return text_of_count(bytes, "byte");
    constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    auto value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 1023.95; ++unit) value /= 1024;
    return fmt::format("{:.1f} {}", value, units[unit]);
}

std::string text_of_count(std::uint64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", text_of_number(count), noun, count == 1 ? "" : "s");
}

} // namespace helloscope::diagnose
