#include "healing.hpp"

#include "support/catch.hpp"
#include "support/variable.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

using namespace helloscope;
using namespace helloscope::app;
using namespace std::chrono_literals;

namespace {

relay::options planned(std::vector<std::string> arguments) {
    app::healing_options options;
    CLI::App command;
    add_healing(command, options);
    std::ranges::reverse(arguments);
    command.parse(std::move(arguments));
    relay::options plan;
    plan_healing(options, plan);
    return plan;
}

std::string trouble(std::vector<std::string> arguments) {
    try {
        planned(std::move(arguments));
        return "";
    } catch (const CLI::ParseError& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("healing is as the relay has it, unless flags say otherwise") {
    const auto plain = planned({});
    CHECK(plain.healing.ladder == heal::default_ladder());
    CHECK(plain.healing.limits.total == 8s);
    CHECK(plain.healing.limits.attempts == heal::limits{}.attempts);
    CHECK(plain.healing.keep == relay::healing_options{}.keep);

    const auto other = planned(
        {"--heal-ladder", "split:1,5,records:even", "--heal-attempts", "3", "--heal-time", "4.5",
         "--heal-remember", "0"});
    CHECK(to_string(other.healing.ladder) == "split:1,5,records:even");
    CHECK(other.healing.limits.attempts == 3);
    CHECK(other.healing.limits.total == 4'500ms);
    CHECK(other.healing.keep == 0s);
}

TEST_CASE("a ladder, number or time that is none is refused with an example") {
    CHECK_THAT(trouble({"--heal-ladder", "mtu:1400,"}), Catch::Contains("split:even,records:even"));
    CHECK_THAT(trouble({"--heal-ladder", "jump"}), Catch::Contains("jump"));
    CHECK_THAT(trouble({"--heal-attempts", "0"}), Catch::Contains("from 1 to 17"));
    CHECK_THAT(trouble({"--heal-time", "soon"}), Catch::Contains("number of seconds"));
    CHECK_THAT(trouble({"--heal-remember", "-1"}), Catch::Contains("number of seconds"));
}

TEST_CASE("the memory is in the state directory") {
    {
        const test::variable state("XDG_STATE_HOME", "/state");
        CHECK(heal_memory_file() == "/state/helloscope/heal");
    }
    const test::variable state("XDG_STATE_HOME", nullptr), home("HOME", nullptr);
    CHECK(heal_memory_file().empty());
}
