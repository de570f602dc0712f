#include "subcommand.hpp"

#include "support/catch.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace helloscope::app {
action define_explain(CLI::App& command);
}

using namespace helloscope::app;

TEST_CASE("an id that nothing has is wrong usage, and the nearest one is named") {
    CLI::App command;
    const auto run = define_explain(command);
    command.parse("server-slient");
    try {
        (void)run();
        FAIL("it was explained");
    } catch (const CLI::ParseError& error) {
        CHECK(
            std::string(error.what()) ==
            "explain: no verdict has the id server-slient; is it server-silent?");
    }
}

TEST_CASE("the page of all ids takes no id") {
    CLI::App command;
    const auto run = define_explain(command); // what is parsed lives in it
    CHECK_THROWS_AS(command.parse("--markdown server-silent"), CLI::ParseError);
}
