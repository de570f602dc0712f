#include "command_line.hpp"

#include "values.hpp"

#include "support/catch.hpp"
#include "support/redirect.hpp"

#include <array>
#include <memory>

using namespace helloscope;
using namespace helloscope::app;

namespace {

action define_count(CLI::App& command) {
    const auto number = std::make_shared<int>(1);
    command.add_option("--number", *number, "a number")->check(whole_number(0, 9));
    command.footer("Examples:\n  helloscope count --number 2");
    return [number]() -> result<int> {
        if (*number == 7) return std::unexpected(failure{"registry.test: no answer: wait"});
        if (*number == 8) throw CLI::ValidationError("--number", "8 is contradicted");
        return *number;
    };
}

action define_wrap(CLI::App& command) {
    const auto words = std::make_shared<std::vector<std::string>>();
    command.add_option("COMMAND", *words, "what to run");
    command.add_flag(
        "--json", [](std::int64_t) {}, "as JSON");
    return [words]() -> result<int> { return static_cast<int>(words->size()); };
}

constexpr std::array table{
    subcommand{"count", "counts", define_count},
    subcommand{"wrap", "wraps", define_wrap},
};

struct outcome {
    int status;
    std::string out, err;
};

outcome run(std::vector<std::string> arguments) {
    const test::redirect out(STDOUT_FILENO), err(STDERR_FILENO);
    const int status = run_command_line(std::move(arguments), table);
    return {status, out.text(), err.text()};
}

} // namespace

TEST_CASE("a subcommand's answer is the exit status") {
    CHECK(run({"count", "--number", "0"}).status == 0);
    CHECK(run({"count", "--number=5"}).status == 5);
}

TEST_CASE("what follows -- belongs to the command, flags and names of ours included") {
    CHECK(run({"wrap", "--", "curl", "--json", "count", "--", "wrap"}).status == 5);
    CHECK(run({"wrap", "--json", "--", "count"}).status == 1);
}

TEST_CASE("wrong usage says what was wrong and where help is, status 2") {
    struct row {
        std::vector<std::string> arguments;
        std::string message;
    };
    const row rows[] = {
        {{}, "a subcommand is needed: count, wrap\ntry: helloscope --help"},
        {{"cuont"}, "unknown subcommand 'cuont'; did you mean 'count'?\ntry: helloscope --help"},
        {{"--vresion"},
         "unknown flag '--vresion'; did you mean '--version'?\ntry: helloscope --help"},
        {{"count", "--numbr=3"},
         "count: unknown flag '--numbr'; did you mean '--number'?\ntry: helloscope count --help"},
        {{"count", "--size", "3"}, "count: unknown flag '--size'\ntry: helloscope count --help"},
        {{"count", "extra"}, "count: unknown argument 'extra'\ntry: helloscope count --help"},
        {{"count", "--number", "ten"},
         "count: --number: 'ten' is not a whole number from 0 to 9\ntry: helloscope count --help"},
        {{"count", "--number", "8"},
         "count: --number: 8 is contradicted\ntry: helloscope count --help"},
    };
    for (const auto& [arguments, message] : rows) {
        const outcome got = run(arguments);
        CHECK(got.status == usage);
        CHECK(got.err == "helloscope: " + message + "\n");
        CHECK(got.out.empty());
    }
}

TEST_CASE("what could not be done is one line on stderr, status 3") {
    const outcome got = run({"count", "--number", "7"});
    CHECK(got.status == could_not);
    CHECK(got.err == "helloscope: count: registry.test: no answer: wait\n");
}

TEST_CASE("help and version go to stdout, status 0") {
    const outcome help = run({"count", "--help"});
    CHECK(help.status == ran);
    CHECK(help.out.find("Usage: helloscope count [OPTIONS]") != std::string::npos);
    CHECK(help.out.find("helloscope count --number 2") != std::string::npos);
    CHECK(run({"--help"}).out.find("counts") != std::string::npos);
    CHECK(run({"--version"}).out.find("helloscope 0.") == 0);
}
