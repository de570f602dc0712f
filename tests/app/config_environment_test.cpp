#include "config_environment.hpp"

#include "support/catch.hpp"
#include "support/sample_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace helloscope;
using namespace helloscope::app;

namespace {

std::string told(const std::vector<std::string>& environment) {
    test::sample_command sample;
    const std::vector<std::string> commands{"run", "serve"};
    const auto found = read_config_environment(
        environment, "run", configurable_rows(*sample.command), commands);
    if (!found) return found.error().message;
    std::vector<std::string> all;
    for (const auto& setting : *found) {
        std::vector<std::string> texts;
        for (const auto& value : setting.values) texts.push_back(value.text);
        all.push_back(fmt::format("{}={}", setting.origin, fmt::join(texts, "|")));
    }
    return fmt::format("{}", fmt::join(all, " "));
}

} // namespace

TEST_CASE("variables are settings") {
    struct row {
        const char* name;
        std::vector<std::string> environment;
        std::string told;
    };
    const row rows[] = {
        {"nothing", {}, ""},
        {"others'", {"PATH=/bin", "HELLO=1", "HELLOSCOPE=1", "="}, ""},
        {"a number", {"HELLOSCOPE_RUN_THREADS=2"}, "HELLOSCOPE_RUN_THREADS=2"},
        {"a value as it is",
         {"HELLOSCOPE_RUN_PORT_FILE=a b=c, "},
         "HELLOSCOPE_RUN_PORT_FILE=a b=c, "},
        {"white space between values",
         {"HELLOSCOPE_RUN_NAME= a,b\tc\n d "},
         "HELLOSCOPE_RUN_NAME=a,b|c|d"},
        {"empty", {"HELLOSCOPE_RUN_THREADS=", "HELLOSCOPE_RUN_NAME= \t"}, ""},
        {"on", {"HELLOSCOPE_RUN_NO_RECORD=true"}, "HELLOSCOPE_RUN_NO_RECORD=true"},
        {"on, shorter", {"HELLOSCOPE_RUN_NO_RECORD=1"}, "HELLOSCOPE_RUN_NO_RECORD=true"},
        {"off", {"HELLOSCOPE_RUN_NO_RECORD=false"}, "HELLOSCOPE_RUN_NO_RECORD="},
        {"off, shorter", {"HELLOSCOPE_RUN_NO_RECORD=0"}, "HELLOSCOPE_RUN_NO_RECORD="},
        {"how often", {"HELLOSCOPE_RUN_VERBOSE=2"}, "HELLOSCOPE_RUN_VERBOSE=2"},
        {"once", {"HELLOSCOPE_RUN_VERBOSE=true"}, "HELLOSCOPE_RUN_VERBOSE=true"},
        {"never", {"HELLOSCOPE_RUN_VERBOSE=0"}, "HELLOSCOPE_RUN_VERBOSE="},
        {"a value left out",
         {"HELLOSCOPE_RUN_TRANSPARENT=true"},
         "HELLOSCOPE_RUN_TRANSPARENT=redirect"},
        {"a value not left out", {"HELLOSCOPE_RUN_TRANSPARENT=0"}, "HELLOSCOPE_RUN_TRANSPARENT=0"},
        {"not wanted", {"HELLOSCOPE_RUN_TRANSPARENT=false"}, "HELLOSCOPE_RUN_TRANSPARENT="},
        {"another subcommand's", {"HELLOSCOPE_SERVE_THREADS=x"}, ""},
        {"somebody else's", {"HELLOSCOPE_VERSION=1"}, ""},
        {"neither on nor off",
         {"HELLOSCOPE_RUN_NO_RECORD=yes"},
         "HELLOSCOPE_RUN_NO_RECORD: expected true or false, found 'yes'"},
        {"not how often",
         {"HELLOSCOPE_RUN_VERBOSE=-1"},
         "HELLOSCOPE_RUN_VERBOSE: expected true, false or how often, found '-1'"},
        {"a slip",
         {"HELLOSCOPE_RUN_TREADS=2"},
         "unknown variable HELLOSCOPE_RUN_TREADS; did you mean HELLOSCOPE_RUN_THREADS?"},
        {"a slip in the subcommand",
         {"HELLOSCOPE_RNU_THREADS=2"},
         "unknown variable HELLOSCOPE_RNU_THREADS; did you mean HELLOSCOPE_RUN_THREADS?"},
        {"like nothing",
         {"HELLOSCOPE_RUN_BANDWIDTH=secret"},
         "unknown variable HELLOSCOPE_RUN_BANDWIDTH: helloscope run --help has the flags"},
        {"what cannot be configured",
         {"HELLOSCOPE_RUN_COMMAND=x"},
         "unknown variable HELLOSCOPE_RUN_COMMAND: helloscope run --help has the flags"},
    };
    for (const auto& [name, environment, wanted] : rows) {
        INFO(name);
        CHECK(told(environment) == wanted);
    }
}
