#include "command_line.hpp"
#include "subcommands.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/redirect.hpp"

#include <boost/json/parse.hpp>

using namespace helloscope;
using namespace helloscope::app;
namespace fs = std::filesystem;

namespace {

struct outcome {
    int status;
    std::string out, err;
};

outcome certs(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "certs");
    const test::redirect out(STDOUT_FILENO), err(STDERR_FILENO);
    const int status = run_command_line(std::move(arguments), subcommands());
    return {status, out.text(), err.text()};
}

} // namespace

TEST_CASE("certs makes the CA and every chain, and says where") {
    const test::folder folder;
    const outcome made = certs({"--out", folder.path().string(), "--json"});
    REQUIRE(made.status == ran);
    const auto all = boost::json::parse(made.out).as_object();
    CHECK(all.at("ca_made") == true);
    const auto& chains = all.at("chains").as_object();
    CHECK(chains.size() == 5);
    for (const auto& [name, pair] : chains) {
        for (const char* part : {"certificate", "key"}) {
            CHECK(fs::exists(std::string(pair.at(part).as_string())));
        }
    }
    CHECK(
        certs({"--out", folder.path().string()}).out.find("the CA, as it was") !=
        std::string::npos);
}

TEST_CASE("certs makes only the kinds that were asked for") {
    const test::folder folder;
    REQUIRE(certs({"--out", folder.path().string(), "--kind", "ca"}).status == ran);
    CHECK(fs::exists(folder.path() / "ca.pem"));
    CHECK_FALSE(fs::exists(folder.path() / "leaf.pem"));
    REQUIRE(
        certs({"--out", folder.path().string(), "--kind", "expired", "--kind", "leaf"}).status ==
        ran);
    CHECK(fs::exists(folder.path() / "leaf.pem"));
    CHECK(fs::exists(folder.path() / "expired.pem"));
    CHECK_FALSE(fs::exists(folder.path() / "wrong-name.pem"));
}

TEST_CASE("certs refuses what it cannot use") {
    CHECK(certs({"--out", "/dev/null/x"}).status == could_not);
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"--days", "0"}, {"--name", "a b"}, {"--kind", "laef"}, {"--oversized-bytes", "1"}}) {
        const outcome refused = certs(arguments);
        CHECK(refused.status == usage);
        CHECK(refused.err.find("helloscope: certs: " + arguments[0] + ": '" + arguments[1]) == 0);
    }
}
