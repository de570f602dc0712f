#include "helloscope/policy/route.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::policy;

namespace {

route_entry entry(std::string_view text) {
    auto parsed = parse_route(text);
    INFO(text);
    REQUIRE(parsed);
    return *parsed;
}

routes made_of(std::initializer_list<std::string_view> texts, route otherwise = {}) {
    std::vector<route_entry> entries;
    for (const auto text : texts) entries.push_back(entry(text));
    auto made = routes::make(std::move(entries), std::move(otherwise));
    REQUIRE(made);
    return *made;
}

std::string trouble_of(std::initializer_list<std::string_view> texts) {
    std::vector<route_entry> entries;
    for (const auto text : texts) entries.push_back(entry(text));
    const auto made = routes::make(std::move(entries), {});
    return made ? "" : made.error().message;
}

std::string matched(const routes& all, const char* target, std::vector<ip_address> addresses = {}) {
    const auto found = all.match(*parse_host_port(target), addresses);
    return found ? found->name : "none";
}

} // namespace

TEST_CASE("a destination is a host, ports and a network, and all that is said must hold") {
    struct row {
        const char* route;
        const char* target;
        const char* address;
        bool claims;
    };
    for (const auto& [text, target, address, claims] : {
             row{"name=r", "a.test:443", "192.0.2.1", true},
             row{"name=r host=a.test", "A.TEST:1", "192.0.2.1", true},
             row{"name=r host=a.test", "a.test.:1", "192.0.2.1", true},
             row{"name=r host=a.test", "b.a.test:1", "192.0.2.1", false},
             row{"name=r host=*.a.test", "b.c.a.test:1", "192.0.2.1", true},
             row{"name=r host=*.a.test", "a.test:1", "192.0.2.1", false},
             row{"name=r host=r?g*try.*st", "registry.test:1", "192.0.2.1", true},
             row{"name=r host=*a*a*", "banana:1", "192.0.2.1", true},
             row{"name=r host=*a*b", "banana:1", "192.0.2.1", false},
             row{"name=r port=443", "a.test:443", "192.0.2.1", true},
             row{"name=r port=443", "a.test:80", "192.0.2.1", false},
             row{"name=r port=400-500", "a.test:500", "192.0.2.1", true},
             row{"name=r network=192.0.2.0/24", "a.test:1", "192.0.2.1", true},
             row{"name=r network=192.0.2.0/24", "a.test:1", "198.51.100.1", false},
             row{"name=r network=192.0.2.0/24", "192.0.2.7:1", "198.51.100.1", true},
             row{"name=r network=2001:db8::/32", "[2001:db8::1]:1", "198.51.100.1", true},
             row{"name=r host=a.test port=1 network=192.0.2.0/24", "a.test:1", "192.0.2.1", true},
             row{"name=r host=a.test port=2 network=192.0.2.0/24", "a.test:1", "192.0.2.1", false},
         }) {
        INFO(text << " for " << target);
        CHECK(
            matched(made_of({text}), target, {*parse_ip_address(address)}) ==
            (claims ? "r" : "none"));
    }
}

TEST_CASE("the first route that matches wins") {
    const auto all = made_of(
        {"name=one host=a.test port=443", "name=two host=*.test", "name=three shape=none"});
    CHECK(matched(all, "a.test:443") == "one");
    CHECK(matched(all, "a.test:80") == "two");
    CHECK(matched(all, "a.example:80") == "three");
}

TEST_CASE("what a route does not say is as for flows of no route") {
    route otherwise;
    otherwise.heal = true;
    otherwise.shaping = *shape::parse_shape("mss:1360");
    const auto all = made_of({"host=a.test heal=off", "host=b.test shape=none"}, otherwise);
    const auto a = all.match({"a.test", 443}, {});
    REQUIRE(a);
    CHECK_FALSE(a->heal);
    CHECK(to_string(a->shaping) == "mss:1360");
    const auto b = all.match({"b.test", 443}, {});
    REQUIRE(b);
    CHECK(b->heal);
    CHECK(b->shaping.empty());
    const auto c = all.match({"c.test", 443}, {});
    REQUIRE(c);
    CHECK(c->name.empty());
    CHECK(c->heal);
}

TEST_CASE("a flow that nothing is done with has no route") {
    CHECK(matched(made_of({}), "a.test:443") == "none");
    CHECK(matched(made_of({"host=b.test heal=on"}), "a.test:443") == "none");
}

TEST_CASE("addresses are wanted only where a network decides about a name") {
    const auto all = made_of({"host=a.test", "network=10.0.0.0/8 port=443", "port=443"});
    CHECK_FALSE(all.wants_addresses({"a.test", 443}));
    CHECK(all.wants_addresses({"b.test", 443}));
    CHECK_FALSE(all.wants_addresses({"b.test", 80}));
    CHECK_FALSE(all.wants_addresses({"10.0.0.1", 443}));
}

TEST_CASE("routes that contradict each other are refused") {
    CHECK(
        trouble_of({"name=a host=a.test", "name=a host=b.test"}) ==
        "routes 1 and 2 have the same name, a");
    struct row {
        const char* first;
        const char* second;
        bool contradict;
    };
    for (const auto& [first, second, contradict] : {
             row{"heal=on", "host=a.test", true},
             row{"host=* heal=on", "host=a.test", true},
             row{"host=*.test", "host=a.test", true},
             row{"host=*.test", "host=*.a.test", false}, // may be, but nothing is sure of globs
             row{"host=a.test", "host=a.test port=1", true},
             row{"host=a.test port=1-2", "host=a.test port=2", true},
             row{"host=a.test port=2", "host=a.test port=1-2", false},
             row{"network=10.0.0.0/8", "network=10.1.0.0/16", true},
             row{"network=10.1.0.0/16", "network=10.0.0.0/8", false},
             row{"network=10.0.0.0/8", "host=a.test", false},
             row{"host=a.test", "network=10.0.0.0/8", false},
             row{"port=1", "port=2", false},
         }) {
        INFO(first << " before " << second);
        const auto trouble = trouble_of({first, second});
        CHECK(trouble.empty() == !contradict);
        if (contradict) CHECK(trouble.find("route 2 (") == 0);
    }
}

TEST_CASE("why a route does not apply is told up to the one that does") {
    const auto all = made_of(
        {"host=b.test", "host=a.test port=80", "network=10.0.0.0/8", "port=443", "port=444"});
    const auto told = all.explain({"a.test", 443}, {});
    REQUIRE(told.size() == 4);
    CHECK(told[0].why_not == "host");
    CHECK(told[1].why_not == "port");
    CHECK(told[2].why_not == "network");
    CHECK(told[3].why_not == "");
}

TEST_CASE("a route's parents say which route named them") {
    const auto all = made_of({"name=direct-ones host=*.test via=direct"});
    const auto found = all.match({"a.test", 443}, {});
    REQUIRE(found);
    REQUIRE(found->via);
    CHECK(found->via->parents.empty());
    CHECK(found->via->source == "route direct-ones");
}
