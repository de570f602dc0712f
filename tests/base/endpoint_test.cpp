#include "helloscope/base/endpoint.hpp"

#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("addresses are read and written in their canonical form") {
    struct row {
        const char* text;
        const char* canonical; // nullptr: refused
    };
    for (const auto& [text, canonical] : {
             row{"192.0.2.1", "192.0.2.1"},
             row{"2001:DB8:0:0::1", "2001:db8::1"},
             row{"[::1]", "::1"},
             row{"[192.0.2.1]", nullptr},
             row{"192.0.2.256", nullptr},
             row{"192.0.2", nullptr},
             row{"localhost", nullptr},
             row{"fe80::1%eth0", nullptr},
             row{"", nullptr},
         }) {
        CAPTURE(text);
        const auto address = parse_ip_address(text);
        REQUIRE(address.has_value() == (canonical != nullptr));
        if (address) CHECK(to_string(*address) == canonical);
    }
}

TEST_CASE("loopback is known in both families and mapped") {
    CHECK(parse_ip_address("127.8.9.1")->is_loopback());
    CHECK(parse_ip_address("::1")->is_loopback());
    CHECK(parse_ip_address("::ffff:127.0.0.1")->is_loopback());
    CHECK_FALSE(parse_ip_address("::2")->is_loopback());
    CHECK_FALSE(parse_ip_address("10.0.0.1")->is_loopback());
    CHECK(parse_ip_address("::")->is_unspecified());
}

TEST_CASE("an IPv4-mapped address is the IPv4 address that it stands for") {
    CHECK(unmapped(*parse_ip_address("::ffff:192.0.2.1")) == *parse_ip_address("192.0.2.1"));
    for (const char* text : {"192.0.2.1", "::1", "::192.0.2.1", "64:ff9b::192.0.2.1"}) {
        CAPTURE(text);
        CHECK(unmapped(*parse_ip_address(text)) == *parse_ip_address(text));
    }
}

TEST_CASE("an address does not end at a NUL") {
    CHECK_FALSE(parse_ip_address(std::string_view("192.0.2.1\0.test", 15)));
}

TEST_CASE("targets need a port, and an IPv6 literal its brackets") {
    struct row {
        const char* text;
        const char* round; // nullptr: refused
    };
    for (const auto& [text, round] : {
             row{"registry.test:443", "registry.test:443"},
             row{"[::1]:443", "[::1]:443"},
             row{"192.0.2.1:1", "192.0.2.1:1"},
             row{"::1:443", nullptr},
             row{"registry.test", nullptr},
             row{"registry.test:", nullptr},
             row{"registry.test:0", nullptr},
             row{"registry.test:65536", nullptr},
             row{"registry.test:+1", nullptr},
             row{":443", nullptr},
             row{"[registry.test]:443", nullptr},
         }) {
        CAPTURE(text);
        const auto target = parse_host_port(text);
        REQUIRE(target.has_value() == (round != nullptr));
        if (target) CHECK(to_string(*target) == round);
    }
}

TEST_CASE("endpoints are literals with a port") {
    CHECK(to_string(*parse_endpoint("[2001:db8::1]:8484")) == "[2001:db8::1]:8484");
    CHECK(to_string(*parse_endpoint("127.0.0.1:0")) == "127.0.0.1:0");
    CHECK_FALSE(parse_endpoint("localhost:1"));
    CHECK_FALSE(parse_endpoint("::1:1"));
    CHECK_FALSE(parse_endpoint("127.0.0.1"));
}
