#include "config_environment.hpp"

#include "nearest.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>

namespace helloscope::app {
namespace {

struct variable {
    std::string name, value;
};

std::vector<variable> variables_in(std::span<const std::string> environment) {
    std::vector<variable> found;
    for (const auto& entry : environment) {
        const auto equals = entry.find('=');
        if (!entry.starts_with("HELLOSCOPE_") || equals == std::string::npos) continue;
        if (entry.find_first_not_of(" \t\r\n", equals + 1) == std::string::npos) continue;
        found.push_back({entry.substr(0, equals), entry.substr(equals + 1)});
    }
    std::ranges::sort(found, {}, &variable::name); // an error is the same one each time
    return found;
}

result<void> check_name(
    const std::string& name, const std::string& command, std::span<const option_row> options,
    std::span<const std::string> commands) {
    const auto is_of = [&](const std::string& subcommand) {
        return name.starts_with(variable_of(subcommand, ""));
    };
    if (!is_of(command) && std::ranges::any_of(commands, is_of)) return {};
    std::vector<std::string> known;
    for (const auto& row : options) known.push_back(variable_of(command, row.key));
    if (const auto near = nearest(name, known))
        return std::unexpected(
            failure{fmt::format("unknown variable {}; did you mean {}?", name, *near)});
    if (!is_of(command)) return {}; // somebody else's
    return std::unexpected(failure{
        fmt::format("unknown variable {}: helloscope {} --help has the flags", name, command)});
}

std::vector<setting::value> words_of(const std::string& text) {
    std::vector<setting::value> words;
    std::istringstream from(text);
    for (std::string word; from >> word;) words.push_back({word, ""});
    return words;
}

result<std::vector<setting::value>> values_of(const option_row& option, const variable& from) {
    using values = std::vector<setting::value>;
    const bool counts = option.kind == value_kind::count;
    const bool no_value = option.kind == value_kind::flag || counts;
    const auto on = [&] { return values{{option.option->get_flag_value(option.key, ""), ""}}; };
    if (no_value || option.value_optional) {
        if (from.value == "true") return on();
        if (from.value == "false") return values{};
    }
    if (no_value && from.value == "0") return values{};
    if (option.kind == value_kind::flag && from.value == "1") return on();
    const bool digits = from.value.find_first_not_of("0123456789") == std::string::npos;
    if (no_value && !(counts && digits))
        return std::unexpected(failure{fmt::format(
            "{}: expected {}, found '{}'", from.name,
            counts ? "true, false or how often" : "true or false", from.value)});
    return option.repeatable ? words_of(from.value) : values{{from.value, ""}};
}

} // namespace

result<settings> read_config_environment(
    std::span<const std::string> environment, const std::string& command,
    std::span<const option_row> options, std::span<const std::string> commands) {
    settings found;
    for (const auto& variable : variables_in(environment)) {
        const auto row = std::ranges::find_if(options, [&](const auto& option) {
            return variable_of(command, option.key) == variable.name;
        });
        if (row == options.end()) {
            if (auto known = check_name(variable.name, command, options, commands); !known)
                return std::unexpected(known.error());
            continue;
        }
        auto values = values_of(*row, variable);
        if (!values) return std::unexpected(values.error());
        found.push_back({row->option, variable.name, "", variable.name, std::move(*values)});
    }
    return found;
}

} // namespace helloscope::app
