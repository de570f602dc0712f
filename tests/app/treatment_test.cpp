#include "treatment.hpp"

#include "helloscope/policy/route.hpp"
#include "support/catch.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

using namespace helloscope;
using namespace helloscope::app;

namespace {

result<relay::options> planned(std::vector<std::string> arguments) {
    treatment_options options;
    CLI::App command;
    add_treatment(command, options);
    std::ranges::reverse(arguments);
    command.parse(std::move(arguments));
    relay::options plan;
    plan.names.resolve.push_back(*net::parse_resolve_rule("near.test:443:10.1.2.3"));
    if (auto done = plan_treatment(options, {}, plan); !done) return std::unexpected(done.error());
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

std::string shape_of(const relay::options& plan, const char* host = "a.test") {
    const auto found = plan.routes->match({host, 443}, {});
    return found ? to_string(found->shaping) : "none";
}

} // namespace

TEST_CASE("without a flag nothing is done with any flow") {
    CHECK(planned({})->routes->match({"a.test", 443}, {}) == nullptr);
}

TEST_CASE("flags without a route are for flows that no route claims") {
    CHECK(shape_of(*planned({"--mss", "1360"})) == "mss:1360");
    CHECK(shape_of(*planned({"--mtu", "1400", "--shape", "split:sni"})) == "mtu:1400|split:sni");
    CHECK(planned({"--heal"})->routes->match({"a.test", 443}, {})->heal);
    CHECK(
        planned({"--fault", "to_server stall"})
            ->routes->match({"a.test", 443}, {})
            ->faults.size() == 1);
    const auto plan = planned({"--mss", "1360", "--route", "host=b.test shape=none"});
    CHECK(shape_of(*plan) == "mss:1360");
    CHECK(shape_of(*plan, "b.test").empty());
}

TEST_CASE("a wrong value is refused by name") {
    CHECK(trouble({"--mss", "x"}).starts_with("--mss: "));
    CHECK(trouble({"--mtu", "x"}).starts_with("--mtu: "));
    CHECK(trouble({"--shape", "splat"}).starts_with("--shape: "));
    CHECK(trouble({"--fault", "explode"}).starts_with("--fault: "));
    CHECK(trouble({"--mss", "1360", "--mtu", "1400"}) == "--mss excludes --mtu");
    CHECK(trouble({"--mss", "1360", "--shape", "mtu:1400"})
              .starts_with("--mss, --mtu and --shape: "));
    CHECK(trouble({"--route", "heal=maybe"}) == "--route: heal=maybe: expected on or off");
    CHECK(
        trouble({"--route-for", "a.test"}) ==
        "--route-for: a.test: expected HOST:PORT, such as a.test:443");
    CHECK(trouble({"--route", "heal=on", "--route", "host=a.test"})
              .starts_with("--route: route 2 (host=a.test) never applies"));
}

TEST_CASE("which route applies is explained") {
    const auto plan = planned(
        {"--route", "host=b.test", "--route",
         "network=10.0.0.0/8 shape=split:sni heal=on via=direct", "--mss", "1360"});
    REQUIRE(plan);
    CHECK(
        *explain_route(*plan, "near.test:443") ==
        "near.test:443\n"
        "  is 10.1.2.3\n"
        "route 1: host=b.test: another host\n"
        "route 2: network=10.0.0.0/8 shape=split:sni via=direct heal=on: applies\n"
        "  shape   split:sni\n"
        "  via     direct\n"
        "  heal    on\n");
    CHECK(
        *explain_route(*plan, "192.0.2.1:443") ==
        "192.0.2.1:443\n"
        "route 1: host=b.test: another host\n"
        "route 2: network=10.0.0.0/8 shape=split:sni via=direct heal=on: another network\n"
        "no route applies\n"
        "  shape   mss:1360\n");
    CHECK(
        *explain_route(*plan, "b.test:1") ==
        "b.test:1\nroute 1: host=b.test: applies\n  shape   mss:1360\n");
    CHECK(
        *explain_route(*planned({}), "b.test:1") ==
        "b.test:1\nno route applies\n  nothing is done with its flows\n");
}
