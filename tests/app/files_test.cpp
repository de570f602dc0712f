#include "files.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <array>

#include <sys/stat.h>

using namespace helloscope;
using namespace helloscope::app;

TEST_CASE("a written file reads back, with the mode that was asked for") {
    const test::folder folder;
    const auto path = folder.path() / "ca.key";
    REQUIRE(write_file(path, "first", 0644));
    REQUIRE(write_file(path, "second", 0600));
    CHECK(read_file(path).value() == "second");
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a path that cannot be read or written is named with its reason") {
    const test::folder folder;
    const auto missing = folder.path() / "none" / "x";
    CHECK(
        read_file(missing).error().message ==
        "cannot open " + missing.string() + ": No such file or directory");
    CHECK(
        write_file(missing, "x", 0644).error().message ==
        "cannot write " + missing.string() + ": No such file or directory");
    CHECK(
        read_file(folder.path()).error().message ==
        "cannot read " + folder.path().string() + ": Is a directory");
}

TEST_CASE("a device is written to, never replaced") {
    CHECK(
        write_file("/dev/full", "x", 0644).error().message ==
        "cannot write /dev/full: No space left on device");
    CHECK(std::filesystem::is_character_file("/dev/full"));
}

TEST_CASE("a port file is one number and a newline") {
    const test::folder folder;
    REQUIRE(write_port_file(folder.path() / "port", std::array<std::uint16_t, 1>{8443}));
    CHECK(read_file(folder.path() / "port").value() == "8443\n");
}
