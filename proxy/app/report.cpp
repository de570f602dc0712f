// helloscope report: what happened in a recording.
#include "helloscope/diagnose/report.hpp"
#include "fail_on.hpp"
#include "helloscope/model/json.hpp"
#include "helloscope/trace/recording_reader.hpp"
#include "print.hpp"
#include "subcommands.hpp"
#include "terminal.hpp"

#include <array>
#include <cstring>
#include <filesystem>
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
    std::vector<std::string> fail_on;
    bool json = false;
    bool verbose = false;
};

constexpr std::size_t most_read = 1UL << 30; // recordings are 64 MiB by default

result<bytes> read_whole(const std::string& path) {
    const auto no = [&](std::string_view why) {
        return std::unexpected(failure{fmt::format("cannot read {}: {}", path, why)});
    };
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return no("Is a directory");
    std::ifstream file(path, std::ios::binary);
    if (!file) return no(std::strerror(errno));
    bytes content;
    std::array<char, 65'536> piece;
    while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
        const auto got = as_bytes({piece.data(), static_cast<std::size_t>(file.gcount())});
        content.insert(content.end(), got.begin(), got.end());
        if (content.size() > most_read) return no("larger than 1 GiB: split it with editcap -c");
    }
    return content;
}

// What one file tells.
struct told {
    std::map<std::uint64_t, model::timeline> flows; // by number
    model::lost missing;
};

// Reads one file into `to`, or prints its events. Trouble inside the file is what it ends with.
result<void> read_file(const std::string& path, const report_arguments& arguments, told& to) {
    auto content = read_whole(path);
    if (!content) return std::unexpected(content.error());
    auto reader = trace::recording_reader::open(*content);
    if (!reader)
        return std::unexpected(failure{fmt::format("{}: {}", path, reader.error().message)});
    std::string line;
    while (const auto event = reader->next()) {
        if (event->flow != 0) model::apply(to.flows[event->flow], *event);
        if (const auto* missing = std::get_if<model::lost>(&event->what)) {
            to.missing.events += missing->events;
            to.missing.packets += missing->packets;
        }
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

result<void> show(const told& from, const report_arguments& arguments) {
    std::vector<model::timeline> in_order;
    for (const auto& [number, flow] : from.flows) in_order.push_back(flow);
    diagnose::report_options how;
    how.colour = wants_colour(STDOUT_FILENO);
    how.width = terminal_width(STDOUT_FILENO);
    how.verbose = arguments.verbose;
    auto text = diagnose::report_text(in_order, how);
    if (from.missing.events + from.missing.packets > 0)
        text += fmt::format(
            "\n{} events and {} packets could not be recorded: what they told is missing here\n",
            from.missing.events, from.missing.packets);
    return print(text);
}

result<int> report(const report_arguments& arguments) {
    std::optional<failure> first_trouble;
    bool failed = false;
    for (const auto& path : arguments.files) {
        told seen;
        const auto done = read_file(path, arguments, seen);
        for (const auto& [number, flow] : seen.flows)
            failed = failed || fails_on(arguments.fail_on, flow);
        if (!arguments.json && (done || !seen.flows.empty())) {
            if (arguments.files.size() > 1)
                if (auto printed = print(fmt::format("{}:\n", path)); !printed)
                    return std::unexpected(printed.error());
            if (auto printed = show(seen, arguments); !printed)
                return std::unexpected(printed.error());
        }
        if (!done && arguments.files.size() > 1)
            (void)print_error(fmt::format("helloscope: report: {}\n", done.error().message));
        if (!done && !first_trouble) first_trouble = done.error();
    }
    if (!first_trouble) return failed ? fail_on_matched : ran;
    if (arguments.files.size() > 1) return could_not; // each was told beside its file
    return std::unexpected(*first_trouble);
}

} // namespace

action define_report(CLI::App& command) {
    auto arguments = std::make_shared<report_arguments>();
    command
        .add_option(
            "FILE", arguments->files,
            "recordings that helloscope run wrote; each is told by itself")
        ->required();
    command.add_flag("--json", arguments->json, "the events, one JSON object a line");
    add_fail_on(command, arguments->fail_on);
    command.add_flag("--verbose,-v", arguments->verbose, "every flow in full");
    command.footer(examples);
    return [arguments] { return report(*arguments); };
}

} // namespace helloscope::app
