#include "configuration.hpp"

#include "config_environment.hpp"
#include "config_file.hpp"
#include "config_layers.hpp"
#include "files.hpp"
#include "print.hpp"
#include "print_config.hpp"
#include "xdg_folder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace helloscope::app {
namespace {

constexpr auto group = "Configuration";
constexpr std::string_view no_file = "none";

std::vector<std::string> names_of_configurable(CLI::App& root) {
    std::vector<std::string> names;
    for (CLI::App* command : root.get_subcommands([](CLI::App*) { return true; }))
        if (!configurable_rows(*command).empty()) names.push_back(command->get_name());
    return names;
}

std::vector<std::string> environment() {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
    return all;
}

// Empty: there is none. One that cannot be looked at is not overlooked.
std::string default_file() {
    const auto folder = xdg_folder("XDG_CONFIG_HOME", ".config");
    if (folder.empty()) return "";
    std::error_code ignored;
    const auto path = folder / "config.toml";
    const auto kind = std::filesystem::status(path, ignored).type();
    return kind == std::filesystem::file_type::not_found ? "" : path.string();
}

class configuration {
  public:
    explicit configuration(CLI::App& command) : command_(&command) {
        // CLI11 runs this once the command line has been read and before it is checked: the moment
        // to fill in what other sources say, whether the flag was given or not.
        const CLI::callback_t read = [this](const CLI::results_t& given) {
            if (!command_->parsed() || command_->get_help_ptr()->count() > 0) return true;
            if (const auto done = read_layers(given.front()); !done)
                throw CLI::ValidationError(done.error().message);
            return true;
        };
        file_ = command.add_option(
            "--config", read,
            "settings in TOML, or none [$XDG_CONFIG_HOME/helloscope/config.toml]");
        file_->type_name("FILE")->group(group)->configurable(false)->force_callback();
        const std::string meaning = "print the settings, and where each is from";
        print_ = command.add_flag("--print-config", meaning);
        print_->group(group)->configurable(false);
    }

    bool is_asked_for() const { return print_->count() > 0; }
    std::string text() const { return print_config(*command_, settings_); }

  private:
    result<void> read_layers(std::string file) {
        const auto options = configurable_rows(*command_);
        const auto commands = names_of_configurable(*command_->get_parent());
        auto known = options;
        known.push_back(config_row());
        auto variables = read_config_environment(
            environment(), command_->get_name(), known, commands);
        if (!variables) return std::unexpected(variables.error());
        std::erase_if(*variables, [&](const setting& variable) {
            if (variable.option != file_) return false;
            if (file.empty()) file = variable.values.front().text;
            return true;
        });
        auto in_file = read_config_file(file, options, commands);
        if (!in_file) return std::unexpected(in_file.error());
        auto effective = apply_layers(options, std::array{*variables, *in_file});
        if (!effective) return std::unexpected(effective.error());
        settings_ = std::move(*effective);
        // What is printed needs no FILE to work on.
        if (is_asked_for())
            for (CLI::Option* option : command_->get_options()) option->required(false);
        return {};
    }

    option_row config_row() const {
        option_row row;
        row.option = file_;
        row.key = "config";
        row.kind = value_kind::text;
        return row;
    }

    result<settings> read_config_file(
        const std::string& named, std::span<const option_row> options,
        std::span<const std::string> commands) const {
        if (named == no_file) return settings{};
        const auto path = named.empty() ? default_file() : named;
        if (path.empty()) return settings{};
        auto toml = read_file(path);
        if (!toml)
            return std::unexpected(failure{fmt::format(
                "--config: {}: name a TOML file, or {}", toml.error().message, no_file)});
        return read_config_text({std::move(*toml), path}, command_->get_name(), options, commands);
    }

    CLI::App* command_;
    CLI::Option *file_ = nullptr, *print_ = nullptr;
    effective_settings settings_;
};

} // namespace

action with_configuration(CLI::App& command, action told) {
    if (configurable_rows(command).empty()) return told;
    const auto added = std::make_shared<configuration>(command);
    return [added, told = std::move(told)]() -> result<int> {
        if (!added->is_asked_for()) return told();
        if (const auto printed = print(added->text()); !printed)
            return std::unexpected(printed.error());
        return ran;
    };
}

} // namespace helloscope::app
