// helloscope report: what happened in a recording.
#include "helloscope/diagnose/report.hpp"
#include "helloscope/model/json.hpp"
#include "helloscope/trace/recording_reader.hpp"
#include "print.hpp"
#include "subcommands.hpp"
#include "terminal.hpp"

#include <fmt/format.h>
#include <fstream>
#include <map>

namespace helloscope::app {
namespace {

constexpr auto examples = R"(
Examples:
  helloscope report build.pcapng
  helloscope report --verbose ~/.local/state/helloscope/*.pcapng
  helloscope report --json build.pcapng | jq 'select(.event == "verdict")')";

struct report_arguments {
    std::vector<std::string> files;
    bool json = false;
    bool verbose = false;
};

result<bytes> read_whole(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::unexpected(
            failure{fmt::format("cannot open {}: {}", path, std::strerror(errno))});
    bytes content{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) return std::unexpected(failure{fmt::format("cannot read {}", path)});
    return content;
}

// The flows of several files of one run continue in each other: the numbers are the run's.
using flows_by_number = std::map<std::uint64_t, model::timeline>;

// Reads one file into `flows`, or prints its events. Trouble inside the file is what it ends with.
result<void> read_file(
    const std::string& path, const report_arguments& arguments, flows_by_number& flows) {
    auto content = read_whole(path);
    if (!content) return std::unexpected(content.error());
    auto reader = trace::recording_reader::open(*content);
    if (!reader)
        return std::unexpected(failure{fmt::format("{}: {}", path, reader.error().message)});
    std::string line;
    while (const auto event = reader->next()) {
        if (event->flow != 0) model::apply(flows[event->flow], *event);
        if (!arguments.json) continue;
        line.clear();
        model::write_json(*event, line);
        line += '\n';
        if (auto printed = print(line); !printed) return printed;
    }
    if (reader->trouble())
        return std::unexpected(failure{fmt::format("{}: {}", path, reader->trouble()->message)});
    return {};
}

result<void> show(const flows_by_number& flows, const report_arguments& arguments) {
    std::vector<model::timeline> in_order;
    for (const auto& [number, flow] : flows) in_order.push_back(flow);
    diagnose::report_options how;
    how.colour = wants_colour(STDOUT_FILENO);
    how.width = terminal_width(STDOUT_FILENO);
    how.verbose = arguments.verbose;
    return print(diagnose::report_text(in_order, how));
}

result<int> report(const report_arguments& arguments) {
    std::optional<failure> first_trouble;
    for (const auto& path : arguments.files) {
        flows_by_number flows;
        const auto done = read_file(path, arguments, flows);
        if (!arguments.json && (done || !flows.empty())) {
            if (arguments.files.size() > 1)
                if (auto printed = print(fmt::format("{}:\n", path)); !printed)
                    return std::unexpected(printed.error());
            if (auto printed = show(flows, arguments); !printed)
                return std::unexpected(printed.error());
        }
        if (!done && arguments.files.size() > 1)
            (void)print_error(fmt::format("helloscope: report: {}\n", done.error().message));
        if (!done && !first_trouble) first_trouble = done.error();
    }
    if (!first_trouble) return ran;
    if (arguments.files.size() > 1) return could_not; // each was told beside its file
    return std::unexpected(*first_trouble);
}

} // namespace

action define_report(CLI::App& command) {
    auto arguments = std::make_shared<report_arguments>();
    command.add_option("FILE", arguments->files, "recordings that helloscope run wrote")
        ->required();
    command.add_flag("--json", arguments->json, "the events, one JSON object a line");
    command.add_flag("--verbose,-v", arguments->verbose, "every flow in full");
    command.footer(examples);
    return [arguments] { return report(*arguments); };
}

} // namespace helloscope::app
