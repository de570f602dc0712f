#include "../number.hpp"
#include "../steps.hpp"

#include <array>
#include <fmt/format.h>

namespace helloscope::shape {

using std::chrono::milliseconds;

namespace {

constexpr std::uint32_t longest = 60'000; // ms: by then every client has given up

std::optional<milliseconds> read_duration(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::uint32_t>, 2> units{
        {{"ms", 1}, {"s", 1000}}};
    for (const auto& [unit, factor] : units) {
        if (!text.ends_with(unit)) continue;
        const auto value = parse_number(text.substr(0, text.size() - unit.size()));
        if (value && *value >= 1 && *value <= longest / factor)
            return milliseconds(*value * factor);
    }
    return std::nullopt;
}

} // namespace

result<step> read_pacing(std::string_view argument) {
    if (argument == "acked") return pacing{};
    const auto wait = read_duration(argument);
    if (!wait)
        return std::unexpected(
            failure{"expected a time from 1ms to 60s, or acked: pause:50ms, pause:acked"});
    return pacing{wait};
}

std::string text_of(const pacing& one) {
    if (!one.wait) return "pause:acked";
    const auto wait = one.wait->count();
    return wait % 1000 == 0 ? fmt::format("pause:{}s", wait / 1000)
                            : fmt::format("pause:{}ms", wait);
}

void apply(const pacing& one, draft& to) { to.between = one; }

} // namespace helloscope::shape
