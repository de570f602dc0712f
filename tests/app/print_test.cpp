#include "print.hpp"

#include "support/catch.hpp"
#include "support/redirect.hpp"

#include <csignal>
#include <fcntl.h>

using namespace helloscope;
using namespace helloscope::app;

namespace {

// What print() answers while descriptor 1 is `target`.
result<void> print_to(int target) {
    const test::redirect keep(STDOUT_FILENO); // put back when done
    ::dup2(target, STDOUT_FILENO);
    ::close(target);
    return print("text\n");
}

} // namespace

TEST_CASE("text reaches stdout and stderr whole") {
    std::string out, err;
    const std::string large(300'000, 'x');
    {
        const test::redirect stdout_file(STDOUT_FILENO), stderr_file(STDERR_FILENO);
        REQUIRE(print(large));
        REQUIRE(print_error("two"));
        out = stdout_file.text();
        err = stderr_file.text();
    }
    CHECK(out == large);
    CHECK(err == "two");
}

TEST_CASE("a full device and a reader that left are errors with a reason") {
    CHECK(
        print_to(::open("/dev/full", O_WRONLY)).error().message ==
        "cannot write to stdout: No space left on device");
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    CHECK(print_to(ends[1]).error().message == "cannot write to stdout: Broken pipe");
}
