#include "completion_scripts.hpp"
#include "value_completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace helloscope::app {
namespace {

constexpr auto opening =
    R"(# fish completion of helloscope, as "helloscope completion fish" prints it.

# Is the subcommand $argv[1], which may be empty, and is there a -- behind it as $argv[2] says?
function __helloscope_is
    set -l subcommand ''
    for word in (commandline -opc)[2..-1]
        switch $word
            case --
                test "$subcommand" = "$argv[1]" -a "$argv[2]" = --
                return
            case '-*'
            case '*'
                test -n "$subcommand"; or set subcommand $word
        end
    end
    test "$subcommand" = "$argv[1]" -a "$argv[2]" != --
end

# What stands behind -- is completed as a command line of its own.
function __helloscope_command
    set -l words (commandline -opc) (commandline -ct)
    set -l dashes (contains -i -- -- $words)
    set -l behind $words[(math $dashes + 1)..-1]
    complete -C (string join ' ' -- (string escape -- $behind[1..-2]) $behind[-1])
end

complete -c helloscope -f
)";

std::string quoted_for_fish(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

// The part of a `complete` that says what a value may be.
std::string value(const option_row& option) {
    switch (completion_of(option)) {
    case value_completion::files: return " -F";
    case value_completion::folders: return " -f -a '(__fish_complete_directories)'";
    case value_completion::choices:
        return fmt::format(
            " -f -a {}", quoted_for_fish(fmt::format("{}", fmt::join(option.choices, " "))));
    default: return " -f";
    }
}

std::string line(const command_row& command, const option_row& option) {
    std::string out = fmt::format(
        "complete -c helloscope -n '__helloscope_is {}'",
        command.name.empty() ? "\"\"" : command.name);
    for (const std::string_view flag : option.flags)
        out += flag.starts_with("--") ? fmt::format(" -l {}", flag.substr(2))
                                      : fmt::format(" -s {}", flag.substr(1));
    if (option.flags.empty() && completion_of(option) == value_completion::command) {
        const auto begins = fmt::format(
            "complete -c helloscope -n '__helloscope_is {}", command.name);
        return begins + "' -a -- -d 'behind it: the command'\n" + begins +
               " --' -a '(__helloscope_command)'\n";
    }
    const bool takes_value = option.kind >= value_kind::number;
    if (takes_value && !option.flags.empty() && !option.value_optional) out += " -r";
    if (takes_value) out += value(option);
    return out + fmt::format(" -d {}\n", quoted_for_fish(option.option->get_description()));
}

} // namespace

std::string fish_completion(std::span<const command_row> commands) {
    std::string out = opening;
    for (const auto& command : commands.subspan(1))
        out += fmt::format(
            "complete -c helloscope -n '__helloscope_is \"\"' -a {} -d {}\n", command.name,
            quoted_for_fish(command.summary));
    for (const auto& command : commands)
        for (const auto& option : command.options) out += line(command, option);
    return out;
}

} // namespace helloscope::app
