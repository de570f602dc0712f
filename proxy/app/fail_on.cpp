#include "fail_on.hpp"

#include "helloscope/diagnose/explain.hpp"
#include "nearest.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace helloscope::app {
namespace {

constexpr std::string_view levels[] = {"suspected", "likely", "confirmed"};

bool was_healed(const model::timeline& flow) {
    const auto told = model::told_beside<model::healed>(flow);
    return !told.empty() && told.back()->attempt > 1;
}

bool matches(std::string_view word, const model::verdict& verdict, bool healed) {
    if (word == verdict.id) return true;
    if (healed) return false;
    if (word == "any") return true;
    const auto level = std::ranges::find(levels, word);
    return level != std::end(levels) &&
           static_cast<std::ptrdiff_t>(verdict.how_sure) >= level - std::begin(levels);
}

// Empty when the word is known.
std::string check(const std::string& word) {
    if (word == "any" || std::ranges::find(levels, word) != std::end(levels) ||
        diagnose::explain(word))
        return {};
    std::vector<std::string> ids;
    for (const auto& one : diagnose::explanations()) ids.emplace_back(one.id);
    const auto near = nearest(word, ids);
    return fmt::format(
        "{} is no verdict{}", word,
        near ? fmt::format("; is it {}?", *near) : ": helloscope explain lists them");
}

} // namespace

bool fails_on(const std::vector<std::string>& words, const model::timeline& flow) {
    if (!flow.concluded) return false;
    const bool healed = was_healed(flow);
    return std::ranges::any_of(
        words, [&](const auto& word) { return matches(word, *flow.concluded, healed); });
}

void add_fail_on(CLI::App& command, std::vector<std::string>& words) {
    command
        .add_option(
            "--fail-on", words,
            "exit with 1 when a flow got one of these verdicts: ids, any, or so sure at least: "
            "suspected, likely, confirmed")
        ->type_name("VERDICT[,VERDICT]")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->check(CLI::Validator(check, ""));
}

} // namespace helloscope::app
