// helloscope completion: a script for a shell.
#include "completion_scripts.hpp"
#include "print.hpp"
#include "subcommand.hpp"
#include "values.hpp"

#include <array>
#include <memory>

namespace helloscope::app {
namespace {

struct shell {
    std::string_view name;
    std::string (*script)(std::span<const command_row> commands);
};

constexpr std::array shells{
    shell{"bash", bash_completion},
    shell{"zsh", zsh_completion},
    shell{"fish", fish_completion},
};

result<int> complete(CLI::App& root, std::string_view name) {
    for (const auto& shell : shells) {
        if (shell.name != name) continue;
        if (const auto printed = print(shell.script(command_rows(root))); !printed)
            return std::unexpected(printed.error());
    }
    return ran;
}

} // namespace

action define_completion(CLI::App& command) {
    const auto name = std::make_shared<std::string>();
    std::vector<std::string> names;
    for (const auto& shell : shells) names.emplace_back(shell.name);
    command.add_option("SHELL", *name, "bash, zsh or fish")
        ->required()
        ->check(one_of(names))
        ->type_name("");
    command.footer(
        "make install installs them. Without it, put the script where the shell looks:\n\n"
        "Examples:\n"
        "  helloscope completion bash >~/.local/share/bash-completion/completions/helloscope\n"
        "  helloscope completion zsh >/usr/local/share/zsh/site-functions/_helloscope\n"
        "  helloscope completion fish >~/.config/fish/completions/helloscope.fish");
    return [&command, name] { return complete(*command.get_parent(), *name); };
}

} // namespace helloscope::app
