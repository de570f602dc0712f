#include "completion_scripts.hpp"

#include "support/catch.hpp"
#include "support/sample_command.hpp"

using namespace helloscope;
using namespace helloscope::app;

// Whether zsh completes by it is the business of tests/cli/test_completion.py.
TEST_CASE("the zsh script holds each flag, its value and what it excludes") {
    test::sample_command sample;
    const auto script = zsh_completion(command_rows(sample.root));
    INFO(script);
    const auto holds = [&](const std::string& text) {
        return script.find("            '" + text + "'") != std::string::npos;
    };
    CHECK(holds("run:runs; or not"));
    CHECK(holds("(- *)--help[Print this help message and exit]"));
    CHECK(holds("*--listen=[where\\: here]:ADDRESS\\:PORT: "));
    CHECK(holds("(--size)--size=[it'\\''s \\[large\\]]:SIZE: "));
    CHECK(holds("*-v[say more]"));
    CHECK(holds("(--no-record --record)--record=[where to record]:FILE|DIR:_files"));
    CHECK(holds("(--no-record --record)--no-record[record nothing]"));
    CHECK(holds("(--cert --certs)--certs=[a folder]:DIR:_files -/"));
    CHECK(holds("(--detail)--detail=[how much]:HOW:(runs all)"));
    CHECK(holds("(--transparent)--transparent=[from nft]::MODE: "));
}
