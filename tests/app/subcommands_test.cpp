#include "subcommands.hpp"

#include "support/catch.hpp"

#include <set>

using namespace helloscope::app;

TEST_CASE("every subcommand has a name of its own, JSON, and help that ends with examples") {
    const std::set<std::string_view> for_other_programs{"completion", "man"};
    std::set<std::string_view> names;
    for (const subcommand& row : subcommands()) {
        INFO(row.name);
        CHECK(names.insert(row.name).second);
        CHECK_FALSE(row.summary.empty());
        CLI::App command;
        CHECK(row.define(command));
        CHECK(
            (command.get_option_no_throw("--json") != nullptr) !=
            for_other_programs.contains(row.name));
        CHECK(
            command.get_footer().find("Examples:\n  helloscope " + std::string(row.name)) !=
            std::string::npos);
    }
}
