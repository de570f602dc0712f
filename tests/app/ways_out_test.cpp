#include "ways_out.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <fstream>
#include <map>

using namespace helloscope;
using namespace helloscope::app;

namespace {

using variables = std::map<std::string, std::string>;

result<relay::options> planned(std::vector<std::string> arguments, variables set = {}) {
    ways_out_options options;
    CLI::App command;
    add_ways_out(command, options);
    std::ranges::reverse(arguments);
    command.parse(std::move(arguments));
    relay::options plan;
    const auto lookup = [&](const char* name) {
        const auto found = set.find(name);
        return found == set.end() ? nullptr : found->second.c_str();
    };
    if (auto done = plan_ways_out(options, lookup, plan); !done)
        return std::unexpected(done.error());
    return plan;
}

std::string trouble(std::vector<std::string> arguments, variables set = {}) {
    try {
        const auto plan = planned(std::move(arguments), std::move(set));
        return plan ? "" : plan.error().message;
    } catch (const CLI::ParseError& error) {
        return error.what();
    }
}

std::string way_to(const relay::options& plan, const host_port& target) {
    std::string out;
    for (const auto& one : plan.ways_out.choose(target, policy::asked_for::tunnel).parents)
        out += to_string(one) + " ";
    return out;
}

const host_port registry{"registry.test", 443};

} // namespace

TEST_CASE("parents come from --via, nearest first, or else from the environment") {
    const variables set{{"HTTPS_PROXY", "env.test:3128"}, {"NO_PROXY", "near.test"}};
    CHECK(way_to(*planned({}, set), registry) == "http://env.test:3128 ");
    CHECK(way_to(*planned({}, set), {"near.test", 443}).empty());
    CHECK(
        way_to(*planned({"--via", "a.test:1", "--via", "socks5h://b.test"}, set), registry) ==
        "http://a.test:1 socks5h://b.test:1080 ");
    CHECK(way_to(*planned({"--via", "a.test:1"}, set), {"near.test", 443}).empty());
    CHECK(way_to(*planned({"--via", "direct"}, set), registry).empty());
    CHECK_FALSE(way_to(*planned({"--noproxy", ""}, set), {"near.test", 443}).empty());
    CHECK(way_to(*planned({"--noproxy", "registry.test"}, set), registry).empty());
}

TEST_CASE("a bad variable is nobody's business when --via says the way") {
    const variables set{{"HTTPS_PROXY", "ftp://x"}};
    CHECK_FALSE(trouble({}, set).empty());
    CHECK(trouble({"--via", "direct"}, set).empty());
}

TEST_CASE("credentials come from a file, for the parents that have none") {
    const test::folder folder;
    const auto file = folder.path() / "netrc";
    std::ofstream(file) << "machine a.test login me password secret\n";
    const auto plan = planned({"--via", "http://a.test:1", "--via-credentials", file.string()});
    REQUIRE(plan);
    const auto& parent = plan->ways_out.via.at(0);
    REQUIRE(parent.login);
    CHECK(*parent.login == wire::front::credentials{"me", "secret"});
    const auto own = planned({"--via", "http://x:y@a.test:1", "--via-credentials", file.string()});
    CHECK(own->ways_out.via.at(0).login->user == "x");
}

TEST_CASE("an https parent is verified unless it is said otherwise") {
    CHECK(planned({"--via", "https://a.test"})->parent_trust);
    CHECK_FALSE(planned({"--via", "http://a.test:1"})->parent_trust);
    CHECK(
        trouble({"--via", "https://a.test", "--proxy-cacert", "/nowhere"}).find("/nowhere") !=
        std::string::npos);
}

TEST_CASE("an error says what was expected, and never the password") {
    struct row {
        std::vector<std::string> arguments;
        std::string says;
    };
    const row rows[] = {
        {{"--via", "ftp://me:secret@a.test"}, "expected [http|https|socks5|socks5h://]"},
        {{"--via", "http://me:secret@a.test:99999"}, "--via: "},
        {{"--via", "direct", "--via", "a.test"}, "--via direct goes with no other --via"},
        {{"--haproxy-protocol", "v3"}, "'v3' is not one of v1, v2"},
        {{"--source", "eth0"}, "--source: 'eth0' is not an address"},
        {{"--via-credentials", "/nowhere"}, "/nowhere"},
    };
    for (const auto& [arguments, says] : rows) {
        const auto message = trouble(arguments);
        CAPTURE(arguments, message);
        CHECK(message.find(says) != std::string::npos);
        CHECK(message.find("secret") == std::string::npos);
    }
}
