#include "option_table.hpp"

#include "support/catch.hpp"
#include "support/sample_command.hpp"

using namespace helloscope;
using namespace helloscope::app;

namespace {

option_row find(const std::vector<option_row>& rows, std::string_view key) {
    const auto found = std::ranges::find(rows, key, &option_row::key);
    REQUIRE(found != rows.end());
    return *found;
}

} // namespace

TEST_CASE("a row says what its option takes") {
    test::sample_command sample;
    const auto rows = option_rows(*sample.command);
    struct row {
        std::string key;
        value_kind kind;
        bool repeatable, value_optional;
        std::string type;
    };
    const row wanted[] = {
        {"help", value_kind::flag, false, false, ""},
        {"threads", value_kind::number, false, false, "N"},
        {"size", value_kind::number, false, false, "SIZE"},
        {"port-file", value_kind::text, false, false, "FILE"},
        {"listen", value_kind::text, true, false, "ADDRESS:PORT"},
        {"no-record", value_kind::flag, false, false, ""},
        {"verbose", value_kind::count, false, false, ""},
        {"transparent", value_kind::text, false, true, "MODE"},
        {"reverse", value_kind::text, true, true, "[HOST]"},
        {"COMMAND", value_kind::text, true, false, "COMMAND"},
    };
    for (const auto& [key, kind, repeatable, value_optional, type] : wanted) {
        INFO(key);
        const auto row = find(rows, key);
        CHECK(row.kind == kind);
        CHECK(row.repeatable == repeatable);
        CHECK(row.value_optional == value_optional);
        CHECK(row.type == type);
    }
    CHECK(find(rows, "verbose").flags == std::vector<std::string>{"-v", "--verbose"});
    CHECK(find(rows, "COMMAND").flags.empty());
    CHECK(find(rows, "detail").choices == std::vector<std::string>{"runs", "all"});
    CHECK(find(rows, "listen").choices.empty());
}

TEST_CASE("the program comes first, and what help hides is not in the table") {
    test::sample_command sample;
    sample.command->add_flag("--secret")->group("");
    const auto commands = command_rows(sample.root);
    REQUIRE(commands.size() == 2);
    CHECK(commands[0].name.empty());
    CHECK(commands[1].name == "run");
    CHECK(commands[1].summary == "runs; or not");
    CHECK(commands[1].footer.starts_with("Beware."));
    CHECK(std::ranges::count(commands[1].options, "secret", &option_row::key) == 0);
    CHECK(find(configurable_rows(*sample.command), "secret").kind == value_kind::flag);
}

TEST_CASE("help and arguments without dashes cannot be configured") {
    test::sample_command sample;
    sample.command->get_option("--name")->configurable(false);
    const auto rows = configurable_rows(*sample.command);
    for (const char* key : {"help", "COMMAND", "name"}) {
        INFO(key);
        CHECK(std::ranges::count(rows, key, &option_row::key) == 0);
    }
    CHECK(std::ranges::count(rows, "listen", &option_row::key) == 1);
}

TEST_CASE("a variable is made of subcommand and flag") {
    CHECK(variable_of("run", "record-detail") == "HELLOSCOPE_RUN_RECORD_DETAIL");
    CHECK(variable_of("serve", "tls-1x") == "HELLOSCOPE_SERVE_TLS_1X");
}
