#include "record_path.hpp"

#include "support/catch.hpp"
#include "support/variable.hpp"

using namespace helloscope;
using namespace helloscope::app;

TEST_CASE("recordings go to the state directory of the XDG specification") {
    const test::variable home("HOME", "/home/somebody");
    const test::variable none("XDG_STATE_HOME", nullptr);
    CHECK(default_record_directory() == "/home/somebody/.local/state/helloscope");
    const test::variable state("XDG_STATE_HOME", "/state");
    CHECK(default_record_directory() == "/state/helloscope");
}
