#include "completion_scripts.hpp"
#include "value_completion.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace helloscope::app {
namespace {

constexpr auto opening = R"(#compdef helloscope
# zsh completion of helloscope, as "helloscope completion zsh" prints it.

_helloscope() {
    local curcontext="$curcontext" state line
    local -a whole=("$words[@]")
    typeset -A opt_args
)";

// Within single quotes, and with what means something to _arguments (or _describe) behind a \.
std::string escaped(std::string_view text, std::string_view special) {
    std::string out;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos) out += '\\';
        out += c == '\'' ? std::string(R"('\'')") : std::string(1, c);
    }
    return out;
}

std::string action(const option_row& option) {
    switch (completion_of(option)) {
    case value_completion::files: return "_files";
    case value_completion::folders: return "_files -/";
    case value_completion::choices: return fmt::format("({})", fmt::join(option.choices, " "));
    case value_completion::command:
        return R"({ (( whole[(I)--] )) && _normal || _message "-- COMMAND" })";
    case value_completion::nothing: break;
    }
    return " "; // nothing, but the message says what is wanted
}

bool may_repeat(const option_row& option) {
    return option.repeatable || option.kind == value_kind::count;
}

// What is not offered any more beside this flag: what it excludes, and itself.
std::string excluded(const option_row& option) {
    if (!option.option->get_configurable() && option.kind == value_kind::flag) return "(- *)";
    std::vector<std::string> names;
    if (!may_repeat(option)) names = option.flags;
    for (const auto* other : option.option->get_excludes()) {
        for (const auto& name : other->get_snames()) names.push_back("-" + name);
        for (const auto& name : other->get_lnames()) names.push_back("--" + name);
    }
    std::ranges::sort(names); // CLI11 holds them in the order of their addresses
    return names.empty() ? "" : fmt::format("({})", fmt::join(names, " "));
}

std::string specifications(const option_row& option) {
    const std::string message = escaped(option.type, ":\\");
    if (option.flags.empty()) {
        const bool command = completion_of(option) == value_completion::command;
        return fmt::format(
            "            '{}:{}:{}' \\\n",
            command             ? "*::"
            : option.repeatable ? "*"
                                : "1",
            message, action(option));
    }
    std::string out;
    for (const auto& flag : option.flags) {
        const bool takes_value = option.kind >= value_kind::number;
        out += fmt::format(
            "            '{}{}{}{}[{}]", excluded(option), may_repeat(option) ? "*" : "", flag,
            takes_value ? flag.starts_with("--") ? "=" : "+" : "",
            escaped(option.option->get_description(), "[]\\:"));
        if (takes_value)
            out += fmt::format(
                ":{}{}:{}", option.value_optional ? ":" : "", message, action(option));
        out += "' \\\n";
    }
    return out;
}

} // namespace

std::string zsh_completion(std::span<const command_row> commands) {
    std::string out = opening;
    out += "    _arguments -C -S \\\n";
    for (const auto& option : commands.front().options) out += specifications(option);
    out += "            '1:SUBCOMMAND:->subcommand' \\\n            '*::ARGUMENT:->argument' && "
           "return\n\n";
    out += "    case $state in\n    subcommand)\n        local -a subcommands=(\n";
    for (const auto& command : commands.subspan(1))
        out += fmt::format(
            "            '{}:{}'\n", escaped(command.name, ":"), escaped(command.summary, ":\\"));
    out += "        )\n        _describe subcommand subcommands\n        ;;\n    argument)\n       "
           " case $line[1] in\n";
    for (const auto& command : commands.subspan(1)) {
        std::string all;
        for (const auto& option : command.options) all += specifications(option);
        out += fmt::format("        {})\n            _arguments -S \\\n{}", command.name, all);
        out.erase(out.size() - 3); // no \ at the end of the last
        out += "\n            ;;\n";
    }
    return out + "        esac\n        ;;\n    esac\n}\n\n"
                 "if [[ $funcstack[1] == _helloscope ]]; then _helloscope \"$@\"; else compdef "
                 "_helloscope helloscope; fi\n";
}

} // namespace helloscope::app
