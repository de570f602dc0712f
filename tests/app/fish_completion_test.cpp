#include "completion_scripts.hpp"

#include "support/catch.hpp"
#include "support/sample_command.hpp"

using namespace helloscope;
using namespace helloscope::app;

// Whether fish completes by it is the business of tests/cli/test_completion.py.
TEST_CASE("the fish script holds each flag and how its value is completed") {
    test::sample_command sample;
    const auto script = fish_completion(command_rows(sample.root));
    INFO(script);
    const auto holds = [&](const std::string& text) {
        return script.find("\ncomplete -c helloscope -n '__helloscope_is " + text + "\n") !=
               std::string::npos;
    };
    CHECK(holds("\"\"' -a run -d 'runs; or not'"));
    CHECK(holds("run' -l listen -r -f -d 'where: here'"));
    CHECK(holds("run' -l size -r -f -d 'it\\'s [large]'"));
    CHECK(holds("run' -s v -l verbose -d 'say more'"));
    CHECK(holds("run' -l port-file -r -F -d 'the port goes there'"));
    CHECK(holds("run' -l certs -r -f -a '(__fish_complete_directories)' -d 'a folder'"));
    CHECK(holds("run' -l detail -r -f -a 'runs all' -d 'how much'"));
    CHECK(holds("run' -l transparent -f -d 'from nft'"));
    CHECK(holds("run --' -a '(__helloscope_command)'"));
}
