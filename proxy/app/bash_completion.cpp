#include "completion_scripts.hpp"
#include "value_completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace helloscope::app {
namespace {

constexpr auto opening =
    R"(# bash completion of helloscope, as "helloscope completion bash" prints it.

# The lines of stdin, WORD or WORD<tab>MEANING, whose word begins with $1.
_helloscope_words() {
    local word meaning meanings=()
    while IFS=$'\t' read -r word meaning; do
        [[ $word == "$1"* ]] || continue
        COMPREPLY+=("$word")
        meanings+=("$meaning")
    done
    # A list that is shown and not inserted (a second TAB) has room for the meanings.
    [[ ${COMP_TYPE-} == 63 ]] && ((${#COMPREPLY[@]} > 1)) || return 0
    local at line
    for at in "${!COMPREPLY[@]}"; do
        printf -v line '%-22s %s' "${COMPREPLY[at]}" "${meanings[at]}"
        COMPREPLY[at]=${line:0:${COLUMNS:-80}}
    done
}

# The files (-f) or folders (-d) that begin with $2; what is typed with quotes is left to readline.
_helloscope_paths() {
    compopt -o filenames -o default 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

# The command that begins with word $1, and what it takes.
_helloscope_command() {
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
    else
        _helloscope_paths -f "${COMP_WORDS[COMP_CWORD]}"
    fi
}

_helloscope() {
    COMPREPLY=()
    local current=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD - 1]} subcommand='' at
    for ((at = 1; at < COMP_CWORD; at++)); do
        case ${COMP_WORDS[at]} in
        --) break ;;
        -*) ;;
        *) [[ $subcommand ]] || subcommand=${COMP_WORDS[at]} ;;
        esac
    done
    if ((at < COMP_CWORD)); then # behind --
        case $subcommand in
)";

std::string single_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string(R"('\'')") : std::string(1, c);
    return out + "'";
}

const option_row* argument_of(const command_row& command) {
    for (const auto& option : command.options)
        if (option.flags.empty()) return &option;
    return nullptr;
}

std::string complete(const option_row& option) {
    switch (completion_of(option)) {
    case value_completion::files: return "_helloscope_paths -f \"$current\"";
    case value_completion::folders: return "_helloscope_paths -d \"$current\"";
    case value_completion::choices:
        return fmt::format(
            "_helloscope_words \"$current\" <<<{}",
            single_quoted(fmt::format("{}", fmt::join(option.choices, "\n"))));
    case value_completion::command: return "_helloscope_command \"$((at + 1))\"";
    case value_completion::nothing: break;
    }
    return "";
}

std::string behind_dashes(std::span<const command_row> commands) {
    std::string out;
    for (const auto& command : commands)
        if (const auto* argument = argument_of(command))
            out += fmt::format("        {}) {} ;;\n", command.name, complete(*argument));
    return out;
}

// Flags that are completed alike share a line.
std::string values(std::span<const command_row> commands) {
    std::map<std::string, std::vector<std::string>> alike;
    for (const auto& command : commands)
        for (const auto& option : command.options)
            for (const auto& flag : option.flags)
                if (option.kind >= value_kind::number && !option.value_optional)
                    alike[complete(option)].push_back(command.name + ":" + flag);
    std::string out;
    for (const auto& [how, flags] : alike)
        out += fmt::format(
            "    {})\n        {}{}return\n        ;;\n", fmt::join(flags, " | "), how,
            how.empty() ? "" : "\n        ");
    return out;
}

std::string words(const command_row& command, std::span<const command_row> commands) {
    std::string lines;
    if (command.name.empty())
        for (const auto& sub : commands.subspan(1))
            lines += fmt::format("{}\t{}\n", sub.name, sub.summary);
    const auto* argument = argument_of(command);
    if (argument != nullptr && completion_of(*argument) == value_completion::command)
        lines += "--\tbehind it: the command\n";
    if (argument != nullptr)
        for (const auto& choice : argument->choices) lines += choice + "\n";
    for (const auto& option : command.options)
        for (const auto& flag : option.flags)
            lines += fmt::format("{}\t{}\n", flag, option.option->get_description());
    lines.pop_back();
    return lines;
}

std::string words_of_each(std::span<const command_row> commands) {
    std::string out;
    for (const auto& command : commands) {
        const auto* argument = argument_of(command);
        const auto how = argument == nullptr ? value_completion::nothing : completion_of(*argument);
        out += fmt::format("    {})\n", command.name.empty() ? "''" : command.name);
        if (how == value_completion::files || how == value_completion::folders)
            out += fmt::format(
                "        if [[ $current != -* ]]; then\n            {}\n            return\n"
                "        fi\n",
                complete(*argument));
        out += fmt::format(
            "        _helloscope_words \"$current\" <<<{}\n        ;;\n",
            single_quoted(words(command, commands)));
    }
    return out;
}

} // namespace

std::string bash_completion(std::span<const command_row> commands) {
    return fmt::format(
        R"({}{}        esac
        return
    fi
    # To bash, --flag=value is three words.
    if [[ $current == = ]]; then
        current=
    elif [[ $flag == = ]]; then
        flag=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    case $subcommand:$flag in
{}    esac
    case $subcommand in
{}    esac
}}

complete -F _helloscope helloscope
)",
        opening, behind_dashes(commands), values(commands), words_of_each(commands));
}

} // namespace helloscope::app
