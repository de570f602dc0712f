#include "values.hpp"

#include "support/catch.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

using namespace helloscope::app;

TEST_CASE("a value that fits passes, one that does not is told what was expected") {
    struct row {
        CLI::Validator check;
        std::string value;
        std::string complaint;
    };
    const row rows[] = {
        {whole_number(1, 30), "1", ""},
        {whole_number(1, 30), "30", ""},
        {whole_number(1, 30), "0", "'0' is not a whole number from 1 to 30"},
        {whole_number(1, 30), "31", "'31' is not a whole number from 1 to 30"},
        {whole_number(1, 30), "-1", "'-1' is not a whole number from 1 to 30"},
        {whole_number(1, 30), "3x", "'3x' is not a whole number from 1 to 30"},
        {whole_number(1, 30), "", "'' is not a whole number from 1 to 30"},
        {whole_number(1, 30), "99999999999999999999",
         "'99999999999999999999' is not a whole number from 1 to 30"},
        {one_of({"text", "json"}), "json", ""},
        {one_of({"text", "json"}), "jsn", "'jsn' is not one of text, json; did you mean 'json'?"},
        {one_of({"text", "json"}), "yaml-like", "'yaml-like' is not one of text, json"},
        {address_and_port(), "127.0.0.1:0", ""},
        {address_and_port(), "[::1]:8443", ""},
        {address_and_port(), "localhost:8443",
         "'localhost:8443' is not an address and a port, such as 127.0.0.1:8443 or [::1]:0"},
    };
    for (const auto& [check, value, complaint] : rows) {
        std::string copy = value;
        CHECK(check(copy) == complaint);
    }
}

TEST_CASE("an option can be asked what its checks let through") {
    CLI::App command;
    std::string text;
    const auto add = [&](const char* name) { return command.add_option(name, text); };
    CHECK(takes_numbers(*add("--whole")->check(whole_number(1, 2))));
    CHECK(takes_numbers(*add("--seconds")->check(seconds())));
    CHECK(takes_numbers(*add("--size")->transform(size())));
    auto* choice = add("--choice")->check(one_of({"a", "b c"}));
    CHECK_FALSE(takes_numbers(*choice));
    CHECK(choices_of(*choice) == std::vector<std::string>{"a", "b c"});
    CHECK(choices_of(*add("--free")->check(address_and_port())).empty());
    CHECK(choices_of(*add("--unchecked")).empty());
}
