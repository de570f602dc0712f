#include "config_file.hpp"

#include "support/catch.hpp"
#include "support/sample_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace helloscope;
using namespace helloscope::app;

namespace {

const std::vector<std::string> commands{"run", "serve"};

result<settings> read(test::sample_command& sample, const std::string& toml) {
    return read_config_text({toml, "c.toml"}, "run", configurable_rows(*sample.command), commands);
}

// "threads=2 listen=a,b": what was read, or what was wrong.
std::string told(const std::string& toml) {
    test::sample_command sample;
    const auto found = read(sample, toml);
    if (!found) return found.error().message;
    std::vector<std::string> all;
    for (const auto& setting : *found) {
        std::vector<std::string> texts;
        for (const auto& value : setting.values) texts.push_back(value.text);
        all.push_back(fmt::format("{}={}", setting.name, fmt::join(texts, ",")));
    }
    return fmt::format("{}", fmt::join(all, " "));
}

struct row {
    const char* name;
    std::string toml, told;
};

void check(std::span<const row> rows) {
    for (const auto& [name, toml, wanted] : rows) {
        INFO(name);
        CHECK(told(toml) == wanted);
        for (std::size_t size = 0; size < toml.size(); ++size) {
            const auto cut = told(toml.substr(0, size)); // read, or refused at a place
            CHECK((cut.starts_with("c.toml:") || cut.find("c.toml") == std::string::npos));
        }
    }
}

} // namespace

TEST_CASE("keys of the table are settings, in the order of the file") {
    const row rows[] = {
        {"nothing", "", ""},
        {"an empty table", "[run]\n", ""},
        {"each type", "[run]\nthreads = 2\nport-file = \"p\"\nno-record = true\n",
         "threads=2 port-file=p no-record=true"},
        {"its own order", "[run]\nthreads = 2\nlisten = \"a\"\ndetail = \"all\"",
         "threads=2 listen=a detail=all"},
        {"without a table header", "run.threads = 2", "threads=2"},
        {"an inline table", "run = { threads = 2 }", "threads=2"},
        {"numbers in each notation", "[run]\nthreads = 1_0\nsize = 0x10", "threads=10 size=16"},
        {"a number as text, for its unit", "[run]\nsize = \"64MiB\"", "size=64MiB"},
        {"a float", "[run]\nsize = 0.5", "size=0.5"},
        {"a whole float", "[run]\nsize = 3.0", "size=3"},
        {"a negative number is for the option to refuse", "[run]\nthreads = -1", "threads=-1"},
        {"an array", "[run]\nlisten = [\"a\", \"b\"]", "listen=a,b"},
        {"one value for an array", "[run]\nlisten = \"a\"", "listen=a"},
        {"a value with commas and brackets is one", "[run]\nlisten = \"[a,b]\"", "listen=[a,b]"},
        {"a flag that is off", "[run]\nno-record = false", "no-record="},
        {"a flag that is counted", "[run]\nverbose = 2", "verbose=2"},
        {"a flag that is counted, never", "[run]\nverbose = 0", "verbose="},
        {"a flag that is counted, once", "[run]\nverbose = true", "verbose=true"},
        {"a value that may be left out", "[run]\ntransparent = true", "transparent=redirect"},
        {"a value that may be left out and is there", "[run]\ntransparent = \"x\"",
         "transparent=x"},
        {"values that may be left out", "[run]\nreverse = [\"\", \"x\"]", "reverse=,x"},
        {"what is not wanted", "[run]\ntransparent = false", "transparent="},
        {"other subcommands are left to themselves", "[serve]\nx = 1\n[run]\nthreads = 2",
         "threads=2"},
        {"UTF-8 in strings and comments", "[run] # é\nport-file = \"é\"", "port-file=é"},
    };
    check(rows);
}

TEST_CASE("what is wrong is said with its place and what was expected") {
    const row rows[] = {
        {"a table nobody knows", "[rum]\n", "c.toml:1:2: unknown table [rum]; did you mean [run]?"},
        {"a table like nothing", "\n[connection]\n",
         "c.toml:2:2: unknown table [connection]: expected one of [run], [serve]"},
        {"an array of tables", "[[run]]", "c.toml:1:1: run: expected a table, found an array"},
        {"a value for a table", "run = 1", "c.toml:1:7: run: expected a table, found an integer"},
        {"a key above the tables", "threads = 2\n[run]",
         "c.toml:1:1: 'threads' is in no table: keys stand below one of [run], [serve]"},
        {"a slip", "[run]\nlisten = \"a\"\nthread = 2",
         "c.toml:3:1: unknown key 'thread' in [run]; did you mean 'threads'?"},
        {"a key like nothing", "[run]\nbandwidth = 2",
         "c.toml:2:1: unknown key 'bandwidth' in [run]: helloscope run --help has them"},
        {"a table in the table", "[run.recording]\n",
         "c.toml:1:6: unknown key 'recording' in [run]; did you mean 'record'?"},
        {"the command", "[run]\nCOMMAND = \"x\"",
         "c.toml:2:1: unknown key 'COMMAND' in [run]: helloscope run --help has them"},
        {"the first mistake first", "[run]\nzzz = 1\naaa = 1",
         "c.toml:2:1: unknown key 'zzz' in [run]: helloscope run --help has them"},
        {"a boolean for a number", "[run]\nthreads = true",
         "c.toml:2:11: threads: expected a number (N), found a boolean"},
        {"a date for a number", "[run]\nthreads = 2026-11-21",
         "c.toml:2:11: threads: expected a number (N), found a date"},
        {"an array for one value", "[run]\nthreads = [1, 2]",
         "c.toml:2:11: threads: expected a number (N), found an array"},
        {"a number for text", "[run]\nport-file = 5",
         "c.toml:2:13: port-file: expected a string (FILE), found an integer"},
        {"a number in an array of texts", "[run]\nlisten = [\n  \"a\",\n  5]",
         "c.toml:4:3: listen: expected a string (ADDRESS:PORT) or an array of them, found an "
         "integer"},
        {"an array in an array", "[run]\nlisten = [[\"a\"]]",
         "c.toml:2:11: listen: expected a string (ADDRESS:PORT) or an array of them, found an "
         "array"},
        {"an array of nothing", "[run]\nlisten = []",
         "c.toml:2:10: listen: expected a value, found an empty array"},
        {"text for a flag", "[run]\nno-record = \"yes\"",
         "c.toml:2:13: no-record: expected true or false, found a string"},
        {"a number for a flag", "[run]\nno-record = 1",
         "c.toml:2:13: no-record: expected true or false, found an integer"},
        {"text for a count", "[run]\nverbose = \"2\"",
         "c.toml:2:11: verbose: expected true, false or how often, found a string"},
        {"a negative count", "[run]\nverbose = -2",
         "c.toml:2:11: verbose: expected true, false or how often, found an integer"},
        {"a number where text may be left out", "[run]\ntransparent = 1",
         "c.toml:2:15: transparent: expected a string (MODE), true or false, found an integer"},
    };
    check(rows);
}

TEST_CASE("what is no TOML is refused at its place") {
    const row rows[] = {
        {"a header that does not end", "[run\n",
         "c.toml:1:5: table header: expected ']', saw '\\n'"},
        {"no value", "[run]\nthreads =\n",
         "c.toml:2:10: key-value pair: expected value, saw '\\n'"},
        {"a key twice", "[run]\nthreads = 1\nthreads = 2\n",
         "c.toml:3:11: key-value pair: cannot redefine existing integer 'threads'"},
        {"text without quotes", "[run]\nport-file = p.txt\n",
         "c.toml:2:13: value: could not determine value type (text stands in quotes)"},
        {"an address without quotes", "[run]\nlisten = 127.0.0.1:80\n",
         "c.toml:2:12: time: expected ':', saw '7' (text stands in quotes)"},
        {"a byte that is no UTF-8", "[run]\nport-file = \"\xff\"",
         "c.toml:2:13: Encountered invalid utf-8 sequence"},
        {"letters beyond ASCII without quotes", "[run]\nport-file = é",
         "c.toml:2:13: value: could not determine value type (text stands in quotes)"},
        {"a letter beyond ASCII for a key", "[run]\né = 1",
         "c.toml:2:1: root table: expected keys, tables, whitespace or comments, saw 'é'"},
        {"a header that begins with a dot", "[.run]\n",
         "c.toml:1:2: key: expected bare key starting character or string delimiter, saw '.'"},
    };
    check(rows);
}

TEST_CASE("a repeated table is the option of its name, once a table") {
    std::vector<std::string> routes;
    const auto told_routes = [&](const std::string& toml) {
        test::sample_command sample;
        const auto no_hots = [](const std::string& text) {
            return text.starts_with("hots=") ? "'hots' is no key" : "";
        };
        sample.command->add_option("--route", routes)->check(CLI::Validator(no_hots, ""));
        const auto found = read(sample, toml);
        if (!found) return found.error().message;
        std::string all;
        for (const auto& setting : *found)
            for (const auto& value : setting.values)
                all += fmt::format("{}{}: {}; ", value.at, setting.name, value.text);
        return all;
    };
    CHECK(
        told_routes("[[route]]\nhost = \"a.test\"\nport = 443\nheal = true\n[[route]]\n"
                    "fault = [\"to_server stall\", \"it's\"]\n") ==
        "c.toml:1:1: route: host='a.test' port='443' heal='on'; "
        "c.toml:5:1: route: fault='to_server stall' fault=\"it's\"; ");
    CHECK(told_routes("[[route]]\n") == "c.toml:1:1: route: ; ");
    CHECK(told_routes("[[route]]\nhost = \"a\"\nhots = 1\n") == "c.toml:3:1: 'hots' is no key");
    CHECK(
        told_routes("[[route]]\nhost = 2026-11-21\n") ==
        "c.toml:2:8: host: expected a string, a number or true or false, found a date");
    CHECK(
        told_routes("[route]\nhost = \"a\"") ==
        "c.toml:1:2: route: expected [[route]], once a route");
    CHECK(told_routes("route = 1") == "c.toml:1:1: route: expected [[route]], once a route");
}

TEST_CASE("values and names carry their places") {
    test::sample_command sample;
    const auto found = read(sample, "[run]\nthreads = 2\nlisten = [\"a\",\n \"b\"]");
    REQUIRE(found);
    REQUIRE(found->size() == 2);
    CHECK((*found)[0].option == sample.command->get_option("--threads"));
    CHECK((*found)[0].origin == "c.toml:2");
    CHECK((*found)[0].at == "c.toml:2:1: ");
    CHECK((*found)[0].values[0].at == "c.toml:2:11: ");
    CHECK((*found)[1].values[1].at == "c.toml:4:2: ");
}

TEST_CASE("whatever is written over a file ends as settings or as an error") {
    const std::string good =
        "[run]\nthreads = 2 # é\nlisten = [\"a\", 'b']\nsize = \"\"\"x\"\"\"\n";
    for (std::size_t at = 0; at < good.size(); ++at)
        for (const char* bytes :
             {"\"", "'", "[", "]", "\n", "\\", "=", "#", ".", "\xc3\xa9", "\xff", "0",
              "\xe3\x80\x80"}) {
            auto toml = good;
            toml.replace(at, 1, bytes);
            (void)told(toml);
        }
}
