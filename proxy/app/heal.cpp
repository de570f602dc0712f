// helloscope heal: what healing has learned, to be seen and forgotten.
#include "healing.hpp"
#include "helloscope/relay/heal_memory.hpp"
#include "print.hpp"
#include "subcommands.hpp"
#include "values.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace helloscope::app {
namespace {

constexpr auto examples = R"(
A flow that `run --heal` got through is remembered by its destination, the network of this machine's
end and its parent proxy. Later flows there try the same at once, beside their own connection, and
forget it when that one is answered first. A proxy that runs sees changes within a second.

Examples:
  helloscope heal list
  helloscope heal list registry.test
  helloscope heal list --json | jq -r .shape
  helloscope heal forget registry.test
  helloscope heal forget                 # everything)";

struct heal_arguments {
    std::string what = "list";
    std::vector<std::string> hosts;
    std::string file;
    bool json = false;
};

bool is_meant(const heal_arguments& by, const heal::cure& one) {
    return by.hosts.empty() || std::ranges::find(by.hosts, one.where.to.host) != by.hosts.end();
}

std::string as_json(const heal::cure& one) {
    boost::json::object line;
    line["network"] = to_string(one.where.from);
    line["host"] = one.where.to.host;
    line["port"] = one.where.to.port;
    if (!one.where.parent.empty()) line["parent"] = one.where.parent;
    line["shape"] = to_string(one.how);
    line["learned"] = heal::time_text(one.learned);
    line["worked"] = heal::time_text(one.worked);
    line["times"] = one.times;
    return boost::json::serialize(line) + "\n";
}

std::string as_text(const heal::cure& one) {
    return fmt::format(
        "{}  {}  from {}{}  {} time{}, last {}\n", to_string(one.where.to), to_string(one.how),
        to_string(one.where.from), one.where.parent.empty() ? "" : " through " + one.where.parent,
        one.times, one.times == 1 ? "" : "s", heal::time_text(one.worked));
}

result<int> list(const heal_arguments& arguments) {
    const auto known = relay::read_heal_memory(arguments.file);
    if (!known)
        return std::unexpected(failure{fmt::format(
            "{}; `helloscope heal forget` begins it anew and keeps this file beside",
            known.error().message)});
    std::string text;
    for (const auto& one : known->all())
        if (is_meant(arguments, one)) text += arguments.json ? as_json(one) : as_text(one);
    if (text.empty() && !arguments.json) text = "nothing is remembered\n";
    if (auto printed = print(text); !printed) return std::unexpected(printed.error());
    return ran;
}

result<int> forget(const heal_arguments& arguments) {
    std::size_t gone = 0;
    std::string trouble;
    const auto drop = [&](heal::memory& all) {
        if (arguments.hosts.empty()) {
            gone = all.all().size();
            all = {};
        }
        for (const auto& host : arguments.hosts) gone += all.forget_host(host);
        return gone > 0;
    };
    auto done = relay::change_heal_memory(
        arguments.file, drop, [&](const std::string& why) { trouble = why + "\n"; });
    if (!done) return std::unexpected(done.error());
    if (!trouble.empty()) (void)print_error("helloscope: heal: " + trouble);
    const auto said = arguments.json ? fmt::format("{{\"forgotten\":{}}}\n", gone)
                                     : fmt::format("{} forgotten\n", gone);
    if (auto printed = print(said); !printed) return std::unexpected(printed.error());
    return ran;
}

result<int> heal_memory(heal_arguments arguments) {
    if (arguments.file.empty()) arguments.file = heal_memory_file();
    if (arguments.file.empty())
        return std::unexpected(
            failure{"there is no home directory, and so no memory: name the file with --file"});
    return arguments.what == "list" ? list(arguments) : forget(arguments);
}

} // namespace

action define_heal(CLI::App& command) {
    auto arguments = std::make_shared<heal_arguments>();
    command.add_option("WHAT", arguments->what, "list: show what is remembered; forget: drop it")
        ->check(one_of({"list", "forget"}))
        ->type_name("list|forget")
        ->required();
    command.add_option("HOST", arguments->hosts, "only what is about these names; none: all")
        ->type_name("");
    command
        .add_option(
            "--file", arguments->file, "another memory than [$XDG_STATE_HOME/helloscope/heal]")
        ->type_name("FILE");
    command.add_flag("--json", arguments->json, "one JSON object a line");
    command.footer(examples);
    return [arguments] { return heal_memory(*arguments); };
}

} // namespace helloscope::app
