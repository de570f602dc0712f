#include "xdg_folder.hpp"

#include "support/catch.hpp"
#include "support/variable.hpp"

using namespace helloscope;
using namespace helloscope::app;

TEST_CASE("a folder is where its variable says, or below home") {
    const test::variable home("HOME", "/home/somebody");
    const auto folder = [] { return xdg_folder("XDG_CONFIG_HOME", ".config"); };
    {
        const test::variable said("XDG_CONFIG_HOME", "/etc/xdg");
        CHECK(folder() == "/etc/xdg/helloscope");
    }
    for (const char* unusable : {"", "relative"}) { // to be ignored, says the specification
        const test::variable said("XDG_CONFIG_HOME", unusable);
        CHECK(folder() == "/home/somebody/.config/helloscope");
    }
    const test::variable nothing_said("XDG_CONFIG_HOME", nullptr);
    CHECK(folder() == "/home/somebody/.config/helloscope");
    const test::variable homeless("HOME", nullptr);
    CHECK(folder().empty());
}
