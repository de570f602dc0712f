#include "fail_on.hpp"

#include "support/catch.hpp"
#include "support/flows.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

using namespace helloscope;
using namespace helloscope::app;

namespace {

model::timeline concluded(model::certainty how_sure) {
    auto flow = test::silent().told();
    model::verdict verdict;
    verdict.id = "server-silent";
    verdict.how_sure = how_sure;
    flow.concluded = std::make_shared<const model::verdict>(std::move(verdict));
    return flow;
}

} // namespace

TEST_CASE("a verdict matches by its id, its certainty, or at all") {
    const auto flow = concluded(model::certainty::likely);
    CHECK(fails_on({"any"}, flow));
    CHECK(fails_on({"suspected"}, flow));
    CHECK(fails_on({"likely"}, flow));
    CHECK(!fails_on({"confirmed"}, flow));
    CHECK(fails_on({"confirmed", "server-silent"}, flow));
    CHECK(!fails_on({"hello-dropped"}, flow));
    CHECK(!fails_on({}, flow));
    CHECK(!fails_on({"any"}, test::healthy().told()));
}

TEST_CASE("a healed flow went well: it counts by its id only") {
    auto flow = concluded(model::certainty::confirmed);
    flow.beside.push_back(model::healed{2, "mss:1360", {}, false});
    CHECK(!fails_on({"any", "confirmed"}, flow));
    CHECK(fails_on({"server-silent"}, flow));
}

TEST_CASE("a word that is no verdict is wrong usage, with the nearest one") {
    CLI::App command;
    std::vector<std::string> words;
    add_fail_on(command, words);
    command.parse("--fail-on any,hello-dropped --fail-on likely");
    CHECK(words == std::vector<std::string>{"any", "hello-dropped", "likely"});
    try {
        command.parse("--fail-on server-silence");
        FAIL("it was taken");
    } catch (const CLI::ParseError& error) {
        CHECK(std::string(error.what()).find("is it server-silent?") != std::string::npos);
    }
}
