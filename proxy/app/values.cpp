#include "values.hpp"

#include "nearest.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace helloscope::app {

CLI::Validator whole_number(std::uint64_t lowest, std::uint64_t highest) {
    const auto check = [=](const std::string& text) -> std::string {
        std::uint64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc() && stop == end && value >= lowest && value <= highest) return "";
        return fmt::format("'{}' is not a whole number from {} to {}", text, lowest, highest);
    };
    return CLI::Validator(check, "");
}

CLI::Validator one_of(std::vector<std::string> names) {
    const auto check = [names = std::move(names)](const std::string& text) -> std::string {
        if (std::ranges::find(names, text) != names.end()) return "";
        const auto near = nearest(text, names);
        return fmt::format(
            "'{}' is not one of {}{}", text, fmt::join(names, ", "),
            near ? fmt::format("; did you mean '{}'?", *near) : std::string());
    };
    return CLI::Validator(check, "");
}

CLI::Validator address_and_port() {
    const auto check = [](const std::string& text) -> std::string {
        if (parse_endpoint(text)) return "";
        return fmt::format(
            "'{}' is not an address and a port, such as 127.0.0.1:8443 or [::1]:0", text);
    };
    return CLI::Validator(check, "");
}

} // namespace helloscope::app
