#include "healing.hpp"

#include "values.hpp"
#include "xdg_folder.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace helloscope::app {
namespace {

constexpr auto group = "Healing";

CLI::Validator ladder() {
    return {
        [](const std::string& text) {
            const auto read = heal::parse_ladder(text);
            return read ? std::string() : read.error().message;
        },
        ""};
}

std::chrono::milliseconds milliseconds(double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

} // namespace

void add_healing(CLI::App& command, healing_options& options) {
    command
        .add_option(
            "--heal-ladder", options.ladder,
            "the shapes to try, in this order; split:even and records:even cut evenly")
        ->check(ladder())
        ->type_name("SHAPE,…")
        ->group(group)
        ->capture_default_str();
    command
        .add_option(
            "--heal-attempts", options.attempts,
            "connections a flow may have at most, the first one included")
        ->check(whole_number(1, heal::most_rungs + 1))
        ->type_name("N")
        ->group(group)
        ->capture_default_str();
    command
        .add_option(
            "--heal-time", options.time,
            "then the first connection goes on alone, answered or not; Go's clients give up at 10")
        ->check(seconds())
        ->type_name("SECONDS")
        ->group(group)
        ->capture_default_str();
    command
        .add_option(
            "--heal-remember", options.remember,
            "how long what worked is tried at once by later flows; 0: not at all")
        ->check(seconds())
        ->type_name("SECONDS")
        ->group(group)
        ->capture_default_str();
}

void plan_healing(const healing_options& options, relay::options& plan) {
    if (auto ladder = heal::parse_ladder(options.ladder)) plan.healing.ladder = std::move(*ladder);
    plan.healing.limits.attempts = options.attempts;
    plan.healing.limits.total = milliseconds(options.time);
    plan.healing.keep = std::chrono::duration_cast<std::chrono::seconds>(
        milliseconds(options.remember));
    plan.heal_memory = heal_memory_file();
}

std::filesystem::path heal_memory_file() {
    const auto folder = xdg_folder("XDG_STATE_HOME", ".local/state");
    return folder.empty() ? folder : folder / "heal";
}

} // namespace helloscope::app
