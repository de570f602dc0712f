#include "ways_in.hpp"

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <fstream>

using namespace helloscope;
using namespace helloscope::app;
using relay::way_in;

namespace {

result<relay::options> planned(std::vector<std::string> arguments, bool with_command = false) {
    ways_in_options options;
    CLI::App command;
    add_ways_in(command, options);
    std::ranges::reverse(arguments);
    command.parse(std::move(arguments));
    relay::options plan;
    if (auto done = plan_ways_in(options, with_command, plan); !done)
        return std::unexpected(done.error());
    return plan;
}

std::string trouble(std::vector<std::string> arguments) {
    try {
        const auto plan = planned(std::move(arguments));
        return plan ? "" : plan.error().message;
    } catch (const CLI::ParseError& error) {
        return error.what();
    }
}

struct listens {
    way_in how;
    std::string at, target;
    bool operator==(const listens&) const = default;
};

std::vector<listens> listeners(std::vector<std::string> arguments, bool with_command = false) {
    std::vector<listens> out;
    const auto plan = planned(std::move(arguments), with_command);
    REQUIRE(plan);
    for (const auto& one : plan->listeners)
        out.push_back(
            {one.how, to_string(one.at), one.target.host.empty() ? "" : to_string(one.target)});
    return out;
}

} // namespace

TEST_CASE("each way in has its listener, in the order of the port file") {
    CHECK(listeners({}) == std::vector<listens>{{way_in::proxy, "127.0.0.1:8484", ""}});
    CHECK(listeners({}, true) == std::vector<listens>{{way_in::proxy, "127.0.0.1:0", ""}});
    CHECK(
        listeners({"--reverse", "registry.test:443"}) ==
        std::vector<listens>{{way_in::reverse, "127.0.0.1:0", "registry.test:443"}});
    CHECK(
        listeners(
            {"--transparent", "--reverse", "[::1]:9=[::2]:443", "--listen", "[::1]:8484",
             "--transparent", "tproxy@[::1]:7"},
            true) == std::vector<listens>{
                         {way_in::proxy, "[::1]:8484", ""},
                         {way_in::reverse, "[::1]:9", "[::2]:443"},
                         {way_in::redirect, "127.0.0.1:8485", ""},
                         {way_in::tproxy, "[::1]:7", ""}});
}

TEST_CASE("a listener that others reach needs to know who may use it") {
    CHECK(
        trouble({"--listen", "0.0.0.0:1"}).find("--allow-from CIDR, or ask") != std::string::npos);
    CHECK(trouble({"--listen", "0.0.0.0:1", "--allow-from", "10.0.0.0/8,fd00::/8"}).empty());
    const test::folder folder;
    const auto users = folder.path() / "users";
    std::ofstream(users) << "a:$2b$04$cliCwJMHQW3NneIQEkKfk.yGp/joCrn7fIgfgxS1JbpwxondSdfu.\n";
    CHECK(trouble({"--listen", "0.0.0.0:1", "--proxy-auth", users.string()}).empty());
    // A client that never speaks to us cannot be asked.
    CHECK(
        trouble({"--reverse", "0.0.0.0:1=a.test:2", "--proxy-auth", users.string()})
            .find("cannot ask for a password") != std::string::npos);
}

TEST_CASE("what is wrong with a way in is said with what was expected") {
    struct row {
        std::vector<std::string> arguments;
        std::string says;
    };
    const row rows[] = {
        {{"--listen", "8484"}, "--listen: '8484' is not an address and a port"},
        {{"--listen-tls", "127.0.0.1:0"}, "--listen-tls needs a certificate: --certs DIR"},
        {{"--listen-tls", "127.0.0.1:0", "--certs", "/nowhere"}, "/nowhere/leaf.pem"},
        {{"--reverse", "registry.test"}, "--reverse: 'registry.test' is not [ADDRESS:PORT=]HOST"},
        {{"--reverse", "x=registry.test:1"}, "--reverse: 'x=registry.test:1' is not"},
        {{"--transparent", "magic"}, "--transparent: 'magic' is not [redirect|tproxy]"},
        {{"--transparent", "tproxy@x"}, "--transparent: 'tproxy@x' is not"},
        {{"--allow-from", "10.0.0.0/8,x"}, "--allow-from: 'x' is not a network, such as"},
        {{"--cert", "x"}, "--cert requires --key"},
        {{"--proxy-auth", "/nowhere"}, "/nowhere"},
    };
    for (const auto& [arguments, says] : rows) {
        const auto message = trouble(arguments);
        CAPTURE(arguments, message);
        CHECK(message.find(says) != std::string::npos);
    }
}

TEST_CASE("the rules leave helloscope's own connections alone, and each family to its listener") {
    const auto own = transparent_rules(
        {{way_in::redirect, *parse_endpoint("127.0.0.1:7"), {}, {}, {}}}, 42);
    CHECK(own.find("hook output") != std::string::npos);
    CHECK(own.find("meta skuid 42 return") != std::string::npos);
    CHECK(own.find("meta nfproto ipv4 tcp dport { 80, 443 } redirect to :7") != std::string::npos);
    CHECK(own.find("prerouting") == std::string::npos); // loopback takes nothing from outside
    CHECK(own.find("ipv6") == std::string::npos);

    const auto gateway = transparent_rules(
        {{way_in::redirect, *parse_endpoint("0.0.0.0:7"), {}, {}, {}},
         {way_in::tproxy, *parse_endpoint("[::]:8"), {}, {}, {}}},
        42);
    CHECK(gateway.find("hook prerouting priority dstnat") != std::string::npos);
    CHECK(gateway.find("tproxy ip6 to [::]:8 accept") != std::string::npos);
    CHECK(gateway.find("ip -6 rule add fwmark") != std::string::npos);
}

TEST_CASE("a limit of the segments to clients is that of every listener") {
    const auto plan = planned(
        {"--client-mss", "1200", "--listen", "127.0.0.1:0", "--reverse", "a.test:1"});
    REQUIRE(plan);
    REQUIRE(plan->listeners.size() == 2);
    for (const auto& one : plan->listeners) CHECK(one.client_mss == 1200U);
    CHECK(planned({})->listeners.at(0).client_mss == std::nullopt);
    for (const auto* wrong : {"87", "32768", "-1", "x", "hello:100"})
        CHECK(
            trouble({"--client-mss", wrong}).find("is not a whole number from 88 to 32767") !=
            std::string::npos);
}
