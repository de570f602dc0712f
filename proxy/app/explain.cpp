// helloscope explain: what the id of a verdict means.
#include "helloscope/diagnose/explain.hpp"

#include "nearest.hpp"
#include "print.hpp"
#include "subcommands.hpp"
#include "terminal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

namespace helloscope::app {
namespace {

constexpr auto examples = R"(
Examples:
  helloscope explain                           # all ids
  helloscope explain mtu-black-hole-to-server
  helloscope explain --markdown >causes.md)";

struct explain_arguments {
    std::vector<std::string> ids;
    bool json = false;
    bool markdown = false;
};

std::string list_of_ids() {
    std::string text;
    std::string_view stage;
    for (const auto& one : diagnose::explanations()) {
        if (one.stage != stage) text += fmt::format("{}{}:\n", text.empty() ? "" : "\n", one.stage);
        stage = one.stage;
        text += fmt::format("  {}\n", one.id);
    }
    return text;
}

std::string json_of(const diagnose::explanation& one) {
    boost::json::object out{
        {"id", one.id},           {"stage", one.stage},           {"meaning", one.meaning},
        {"told_by", one.told_by}, {"what_to_do", one.what_to_do}, {"references", one.references}};
    return boost::json::serialize(out) + "\n";
}

const diagnose::explanation& find(const std::string& id) {
    if (const auto* known = diagnose::explain(id)) return *known;
    std::vector<std::string> ids;
    for (const auto& one : diagnose::explanations()) ids.emplace_back(one.id);
    const auto near = nearest(id, ids);
    throw CLI::ValidationError(fmt::format(
        "explain: no verdict has the id {}{}", id,
        near ? fmt::format("; is it {}?", *near) : ": helloscope explain lists them"));
}

result<int> explain(const explain_arguments& arguments) {
    std::string text;
    if (arguments.markdown) {
        text = diagnose::explanations_page();
    } else if (arguments.ids.empty() && !arguments.json) {
        text = list_of_ids();
    } else if (arguments.ids.empty()) {
        for (const auto& one : diagnose::explanations()) text += json_of(one);
    }
    for (const auto& id : arguments.ids) {
        const auto& one = find(id);
        if (!text.empty() && !arguments.json) text += '\n';
        text += arguments.json
                    ? json_of(one)
                    : diagnose::explanation_text(
                          one, terminal_width(STDOUT_FILENO), wants_colour(STDOUT_FILENO));
    }
    if (auto printed = print(text); !printed) return std::unexpected(printed.error());
    return ran;
}

} // namespace

action define_explain(CLI::App& command) {
    auto arguments = std::make_shared<explain_arguments>();
    command.add_option("ID", arguments->ids, "of a verdict, of what else may be, or of a note");
    command.add_flag("--json", arguments->json, "one JSON object a line");
    command.add_flag("--markdown", arguments->markdown, "all of them as a page of Markdown")
        ->excludes("ID");
    command.footer(examples);
    return [arguments] { return explain(*arguments); };
}

} // namespace helloscope::app
