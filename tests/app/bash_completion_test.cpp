#include "completion_scripts.hpp"

#include "support/catch.hpp"
#include "support/sample_command.hpp"

using namespace helloscope;
using namespace helloscope::app;

// Whether bash completes by it is the business of tests/cli/test_completion.py.
TEST_CASE("the bash script holds each flag and how its value is completed") {
    test::sample_command sample;
    const auto script = bash_completion(command_rows(sample.root));
    INFO(script);
    const auto holds = [&](const std::string& text) {
        return script.find(text) != std::string::npos;
    };
    CHECK(holds("\n--listen\twhere: here\n"));
    CHECK(holds("\n-v\tsay more\n--verbose\tsay more'\n"));
    CHECK(holds("\n--size\tit'\\''s [large]\n"));
    CHECK(holds("'run\truns; or not\n"));
    CHECK(holds("    run:--port-file | run:--record | run:--cert | run:--key)\n        "
                "_helloscope_paths -f"));
    CHECK(holds("    run:--certs)\n        _helloscope_paths -d"));
    CHECK(holds("    run:--detail)\n        _helloscope_words \"$current\" <<<'runs\nall'\n"));
    CHECK(holds("        run) _helloscope_command \"$((at + 1))\" ;;\n"));
    CHECK_FALSE(holds("run:--transparent")); // its value may be left out: flags are as likely
    CHECK_FALSE(holds("run:--no-record"));
}
