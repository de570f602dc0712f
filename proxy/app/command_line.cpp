#include "command_line.hpp"

#include "configuration.hpp"
#include "help_text.hpp"
#include "nearest.hpp"
#include "print.hpp"

#include <CLI/Config.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace helloscope::app {
namespace {

struct program {
    CLI::App root{"helloscope: relays TLS unchanged, records it, and says why a handshake stalled"};
    std::map<const CLI::App*, action> actions;

    const CLI::App& chosen() const {
        const auto parsed = root.get_subcommands();
        return parsed.empty() ? root : *parsed.front();
    }
};

void define(program& program, std::span<const subcommand> table) {
    program.root.name("helloscope");
    use_help_text(program.root);
    program.root.set_version_flag("--version", "helloscope " HELLOSCOPE_VERSION);
    program.root.footer("helloscope SUBCOMMAND --help shows its options and examples.");
    program.root.require_subcommand(0, 1); // behind one, its name is a word like others
    for (const subcommand& row : table) {
        CLI::App* command = program.root.add_subcommand(
            std::string(row.name), std::string(row.summary));
        program.actions[command] = with_configuration(*command, row.define(*command));
    }
}

int say(int status, std::string_view message) {
    // Nothing is left to tell that stderr is gone.
    (void)print_error(fmt::format("helloscope: {}\n", message));
    return status;
}

int answer(std::string_view text) {
    const auto printed = print(text);
    return printed ? ran : say(could_not, printed.error().message);
}

std::string command_name(const CLI::App& command) {
    return command.get_parent() ? "helloscope " + command.get_name() : command.get_name();
}

int say_usage(const CLI::App& command, std::string_view message) {
    const std::string name = command_name(command);
    const std::string prefix = command.get_parent() ? command.get_name() + ": " : "";
    return say(usage, fmt::format("{}{}\ntry: {} --help", prefix, message, name));
}

std::vector<std::string> known_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
        for (const auto& name : option->get_snames()) names.push_back("-" + name);
    }
    for (const CLI::App* sub : command.get_subcommands({})) names.push_back(sub->get_name());
    return names;
}

// A flag that is not known takes its value down with it: name the flag, not the value.
int say_unexpected(const program& program) {
    const std::vector<std::string> left = program.root.remaining(true);
    const auto flag = std::ranges::find_if(
        left, [](const std::string& text) { return text.starts_with('-'); });
    std::string culprit = flag != left.end() ? *flag : left.front();
    if (culprit.starts_with('-')) culprit.resize(std::min(culprit.find('='), culprit.size()));
    // A value that is glued to a short flag may hold a password.
    if (!culprit.starts_with("--") && culprit.find_first_of(":@") != std::string::npos)
        culprit.resize(2);
    const CLI::App& command = program.chosen();
    const auto near = nearest(culprit, known_names(command));
    const std::string_view kind = culprit.starts_with('-') ? "flag"
                                  : command.get_parent()   ? "argument"
                                                           : "subcommand";
    return say_usage(
        command, fmt::format(
                     "unknown {} '{}'{}", kind, culprit,
                     near ? fmt::format("; did you mean '{}'?", *near) : std::string()));
}

// CLI11 takes the `--` that follows a value which might be left out: such a value is joined to its
// flag, which leaves nothing to guess.
void join_optional_values(const program& program, std::vector<std::string>& arguments) {
    const auto commands = program.root.get_subcommands([&](const CLI::App* one) {
        return !arguments.empty() && one->get_name() == arguments.front();
    });
    if (commands.empty()) return;
    for (std::size_t i = 1; i + 1 < arguments.size() && arguments[i] != "--"; ++i) {
        const auto* option = commands.front()->get_option_no_throw(arguments[i]);
        const bool may_go_without = option != nullptr && option->get_type_size_min() == 0 &&
                                    option->get_type_size_max() > 0;
        if (!may_go_without || arguments[i + 1].starts_with('-')) continue;
        arguments[i] += '=' + arguments[i + 1];
        arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
}

int run_chosen(program& program) {
    const CLI::App& command = program.chosen();
    if (&command == &program.root) {
        std::string names;
        for (const CLI::App* sub : program.root.get_subcommands({})) {
            names += (names.empty() ? "" : ", ") + sub->get_name();
        }
        return say_usage(command, "a subcommand is needed: " + names);
    }
    const result<int> done = program.actions.at(&command)();
    return done ? *done : say(could_not, command.get_name() + ": " + done.error().message);
}

} // namespace

int run_command_line(std::vector<std::string> arguments, std::span<const subcommand> table) {
    program program;
    define(program, table);
    try {
        join_optional_values(program, arguments);
        std::ranges::reverse(arguments); // the order in which CLI11 takes a vector
        program.root.parse(std::move(arguments));
        return run_chosen(program);
    } catch (const CLI::CallForHelp&) {
        return answer(program.root.help());
    } catch (const CLI::CallForVersion& version) {
        return answer(std::string(version.what()) + "\n");
    } catch (const CLI::ExtrasError&) {
        return say_unexpected(program);
    } catch (const CLI::ParseError& error) {
        return say_usage(program.chosen(), error.what());
    } catch (const std::exception& error) {
        return say(could_not, fmt::format("internal error: {}", error.what()));
    }
}

} // namespace helloscope::app
