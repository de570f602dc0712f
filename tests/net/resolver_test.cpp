#include "helloscope/net/resolver.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"

using namespace helloscope;
using namespace helloscope::net;
using namespace std::chrono_literals;
using helloscope::test::run;

TEST_CASE("--resolve is read as curl reads it") {
    struct row {
        const char* text;
        const char* trouble; // nullptr: accepted
    };
    for (const auto& [text, trouble] : {
             row{"registry.test:443:192.0.2.1", nullptr},
             row{"+registry.test:443:192.0.2.1,[2001:db8::1]", nullptr},
             row{"*:443:[::1]", nullptr},
             row{"registry.test:*:::1", nullptr},
             row{"registry.test:443", "too few parts"},
             row{"registry.test:https:192.0.2.1", "not a port"},
             row{"registry.test:443:", "not an address"},
             row{"registry.test:443:192.0.2.1,", "not an address"},
         }) {
        CAPTURE(text);
        const auto rule = parse_resolve_rule(text);
        REQUIRE(rule.has_value() == (trouble == nullptr));
        if (!rule) CHECK(rule.error().message.find(trouble) != std::string::npos);
    }
}

TEST_CASE("--connect-to matches and keeps as in curl") {
    struct row {
        const char* rule;
        host_port asked;
        host_port connects;
    };
    for (const auto& [rule, asked, connects] : {
             row{"registry.test:443:127.0.0.1:8443", {"registry.test", 443}, {"127.0.0.1", 8443}},
             row{"Registry.TEST:443:127.0.0.1:8443", {"registry.test", 443}, {"127.0.0.1", 8443}},
             row{"registry.test:443:127.0.0.1:8443", {"registry.test", 80}, {"registry.test", 80}},
             row{"::127.0.0.1:", {"other.test", 80}, {"127.0.0.1", 80}},
             row{":443::8443", {"other.test", 443}, {"other.test", 8443}},
             row{"registry.test:443:[::1]:1", {"registry.test", 443}, {"::1", 1}},
         }) {
        CAPTURE(rule);
        resolve_tables tables;
        tables.connect_to.push_back(*parse_connect_to_rule(rule));
        CHECK(apply_connect_to(tables, asked) == connects);
    }
    CHECK_FALSE(parse_connect_to_rule("registry.test:443:127.0.0.1"));
    CHECK_FALSE(parse_connect_to_rule("registry.test:x:127.0.0.1:1"));
}

TEST_CASE("names come from the tables, literals from themselves") {
    resolve_tables tables;
    tables.resolve.push_back(*parse_resolve_rule("registry.test:443:192.0.2.7"));
    tables.connect_to.push_back(*parse_connect_to_rule("moved.test:443:127.0.0.1:8443"));
    resolver names(tables);
    asio::io_context context;

    const auto from_table = run(context, names.resolve({"registry.test", 443}, 1s));
    CHECK(from_table.event.source == "--resolve");
    CHECK(from_table.event.addresses == std::vector{*parse_ip_address("192.0.2.7")});

    // --connect-to is not for every name: whoever asks applies it.
    const auto to = apply_connect_to(tables, {"moved.test", 443});
    CHECK(to == host_port{"127.0.0.1", 8443});
    const auto moved = run(context, names.resolve(to, 1s));
    CHECK(moved.event.addresses == std::vector{*parse_ip_address("127.0.0.1")});
    CHECK(moved.port == 8443);

    const auto literal = run(context, names.resolve({"::1", 443}, 1s));
    CHECK(literal.event.source == "literal");
    CHECK(literal.event.addresses == std::vector{*parse_ip_address("::1")});
}

TEST_CASE("the system resolves localhost, and says why another name does not") {
    resolver names;
    asio::io_context context;
    const auto found = run(context, names.resolve({"localhost", 443}, 10s));
    REQUIRE_FALSE(found.event.addresses.empty());
    CHECK(found.event.addresses.front().is_loopback());
    CHECK(found.event.source == "dns");

    const auto missing = run(context, names.resolve({"no-such-name.invalid", 443}, 10s));
    CHECK(missing.event.addresses.empty());
    CHECK_FALSE(missing.event.error.empty());
    CHECK_FALSE(missing.timed_out);
}

TEST_CASE("a lookup that takes longer than its limit is given up") {
    resolver names;
    asio::io_context context;
    const auto late = run(context, names.resolve({"no-such-name.invalid", 443}, 0s));
    // Either the limit of nothing is over first, or an instant answer was faster: never a hang.
    CHECK(late.event.addresses.empty());
    CHECK_FALSE(late.event.error.empty());
}
