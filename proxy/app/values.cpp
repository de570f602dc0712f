#include "values.hpp"

#include "nearest.hpp"

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ranges>

namespace helloscope::app {
namespace {

// A check's name is how an option is asked later what it takes; help does not show it.
constexpr auto number = "number";
constexpr std::string_view choices = "one of ";

std::vector<std::string> names_of_checks(CLI::Option& option) {
    std::vector<std::string> names;
    try {
        for (int index = 0;; ++index) names.push_back(option.get_validator(index)->get_name());
    } catch (const CLI::OptionNotFound&) { // the only sign of the end
        return names;
    }
}

} // namespace

CLI::Validator whole_number(std::uint64_t lowest, std::uint64_t highest) {
    const auto check = [=](const std::string& text) -> std::string {
        std::uint64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc() && stop == end && value >= lowest && value <= highest) return "";
        return fmt::format("'{}' is not a whole number from {} to {}", text, lowest, highest);
    };
    return CLI::Validator(check, "", number);
}

CLI::Validator one_of(std::vector<std::string> names) {
    const auto name = fmt::format("{}{}", choices, fmt::join(names, "|"));
    const auto check = [names = std::move(names)](const std::string& text) -> std::string {
        if (std::ranges::find(names, text) != names.end()) return "";
        const auto near = nearest(text, names);
        return fmt::format(
            "'{}' is not one of {}{}", text, fmt::join(names, ", "),
            near ? fmt::format("; did you mean '{}'?", *near) : std::string());
    };
    return CLI::Validator(check, "", name);
}

CLI::Validator address_and_port() {
    const auto check = [](const std::string& text) -> std::string {
        if (parse_endpoint(text)) return "";
        return fmt::format(
            "'{}' is not an address and a port, such as 127.0.0.1:8443 or [::1]:0", text);
    };
    return CLI::Validator(check, "");
}

CLI::Validator ip_address_text() {
    const auto check = [](const std::string& text) -> std::string {
        if (parse_ip_address(text)) return "";
        return fmt::format("'{}' is not an address, such as 192.0.2.1 or 2001:db8::1", text);
    };
    return CLI::Validator(check, "");
}

CLI::Validator seconds() {
    const auto check = [](const std::string& text) -> std::string {
        double value = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc() && stop == end && value >= 0 && value <= 31'536'000) return "";
        return fmt::format("'{}' is not a number of seconds, such as 10 or 0.5", text);
    };
    return CLI::Validator(check, "", number);
}

CLI::Validator size() {
    const auto convert = [](std::string& text) -> std::string {
        static constexpr std::array<std::pair<std::string_view, unsigned>, 7> units{
            {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"K", 10}, {"M", 20}, {"G", 30}}};
        std::uint64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        for (const auto& [unit, shift] : units) {
            if (error != std::errc() || std::string_view(stop, end) != unit) continue;
            if (value == 0 || value > (~0ULL >> shift)) break;
            text = std::to_string(value << shift);
            return "";
        }
        return fmt::format("'{}' is not a size, such as 1000000 or 64MiB", text);
    };
    return CLI::Validator(convert, "", number);
}

bool takes_numbers(CLI::Option& option) {
    return std::ranges::count(names_of_checks(option), number) > 0;
}

std::vector<std::string> choices_of(CLI::Option& option) {
    for (std::string_view name : names_of_checks(option)) {
        if (!name.starts_with(choices)) continue;
        std::vector<std::string> names;
        for (const auto choice : std::views::split(name.substr(choices.size()), '|'))
            names.emplace_back(choice.begin(), choice.end());
        return names;
    }
    return {};
}

} // namespace helloscope::app
