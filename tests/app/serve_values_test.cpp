#include "serve_values.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

using namespace helloscope;
using namespace helloscope::app;

namespace {

std::string complaint(const CLI::Validator& check, std::string value) { return check(value); }

} // namespace

TEST_CASE("a name of a server is a DNS name or an address") {
    CHECK(complaint(server_name(), "registry.test").empty());
    CHECK(complaint(server_name(), "*.test").empty());
    CHECK(complaint(server_name(), "::1").empty());
    CHECK(
        complaint(server_name(), "https://x") ==
        "'https://x' is not a DNS name or an IP address, such as registry.test or 127.0.0.1");
}

TEST_CASE("a folder has to be there, and to be one") {
    const test::folder folder;
    CHECK(complaint(existing_folder(), folder.path().string()).empty());
    CHECK(complaint(existing_folder(), "/dev/null") == "'/dev/null' is not a folder");
    CHECK(complaint(existing_folder(), "") == "'' is not a folder");
}
