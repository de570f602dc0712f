#include "terminal.hpp"

#include "support/catch.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>

using namespace helloscope::app;

TEST_CASE("a pipe or a file gets no colour and the usual width") {
    const int nothing = ::open("/dev/null", O_WRONLY);
    CHECK_FALSE(wants_colour(nothing));
    CHECK(terminal_width(nothing) == 100);
    ::close(nothing);
}

TEST_CASE("a terminal gets colour, unless NO_COLOR says otherwise, and its own width") {
    int ours = -1, theirs = -1;
    winsize size{};
    size.ws_col = 72;
    REQUIRE(::openpty(&ours, &theirs, nullptr, nullptr, &size) == 0);
    ::unsetenv("NO_COLOR");
    ::setenv("TERM", "xterm", 1);
    CHECK(wants_colour(theirs));
    CHECK(terminal_width(theirs) == 72);
    ::setenv("NO_COLOR", "1", 1);
    CHECK_FALSE(wants_colour(theirs));
    ::unsetenv("NO_COLOR");
    ::setenv("TERM", "dumb", 1);
    CHECK_FALSE(wants_colour(theirs));
    ::close(ours);
    ::close(theirs);
}
