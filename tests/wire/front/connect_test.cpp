#include "helloscope/wire/front/connect.hpp"

#include "support/catch.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

parsed<host_port> target_of(const std::string& request_line) {
    const auto input = request_line + "\r\n\r\n";
    const auto head = parse_request_head(as_bytes(input));
    REQUIRE(head);
    return connect_target(*head);
}

} // namespace

TEST_CASE("the target of CONNECT is a host and a port") {
    struct row {
        const char* target;
        host_port expected;
    };
    for (const auto& [target, expected] : {
             row{"registry.test:443", {"registry.test", 443}},
             row{"REGISTRY.test.:65535", {"REGISTRY.test.", 65535}},
             row{"a_b-1.test:1", {"a_b-1.test", 1}},
             row{"192.0.2.1:443", {"192.0.2.1", 443}},
             row{"[2001:db8::1]:8443", {"2001:db8::1", 8443}},
         }) {
        for (const char* version : {" HTTP/1.0", " HTTP/1.1"}) {
            CAPTURE(target, version);
            const auto parsed_target = target_of(std::string("CONNECT ") + target + version);
            REQUIRE(parsed_target);
            CHECK(*parsed_target == expected);
        }
    }
}

TEST_CASE("any other target is refused, with the place and the reason") {
    const auto long_name = std::string(255, 'a') + ":443";
    struct row {
        const char* target;
        errc code;
        const char* field;
        std::size_t offset; // in the target
    };
    using enum errc;
    for (const auto& [target, code, field, offset] : {
             row{"registry.test", malformed, "port", 13},
             row{"registry.test:", malformed, "port", 14},
             row{"registry.test:0", malformed, "port", 14},
             row{"registry.test:65536", malformed, "port", 14},
             row{"registry.test:https", malformed, "port", 14},
             row{"registry.test:-1", malformed, "port", 14},
             row{":443", malformed, "host", 0},
             row{"[2001:db8::1]", malformed, "port", 13},
             row{"[2001:db8::1", malformed, "host", 0},
             row{"[2001:db8::g]:443", malformed, "host", 0},
             row{"[192.0.2.1]:443", malformed, "host", 0},
             row{"[fe80::1%25eth0]:443", malformed, "host", 0},
             row{"[::1]x:443", malformed, "host", 0},
             row{"2001:db8::1:443", malformed, "host", 4},
             row{"registry%2etest:443", malformed, "host", 8},
             row{"a$b:443", malformed, "host", 1},
             row{"user:secret@registry.test:443", malformed, "userinfo", 11},
             row{"registry.test:443/path", malformed, "path", 17},
             row{"https://registry.test:443", malformed, "path", 6},
             row{"registry.test:443?query", malformed, "path", 17},
             row{long_name.c_str(), too_long, "host", 254},
         }) {
        CAPTURE(target);
        const auto parsed_target = target_of(std::string("CONNECT ") + target + " HTTP/1.1");
        REQUIRE_FALSE(parsed_target);
        CHECK(parsed_target.error() == parse_error{code, 8 + offset, field});
    }
}

TEST_CASE("another method has no such target") {
    const auto parsed_target = target_of("GET registry.test:443 HTTP/1.1");
    REQUIRE_FALSE(parsed_target);
    CHECK(parsed_target.error() == parse_error{errc::unsupported, 0, "method"});
    CHECK_FALSE(target_of("connect registry.test:443 HTTP/1.1"));
}

TEST_CASE("mutated targets are read or refused, and what is read is safe to print") {
    std::mt19937 random{9110};
    for (int round = 0; round < 20'000; ++round) {
        std::string target = "[2001:db8::1]:443";
        for (auto changes = random() % 6 + 1; changes > 0; --changes)
            target[random() % target.size()] = ":[]@/%a1.\x7e"[random() % 10];
        const auto parsed_target = target_of("CONNECT " + target + " HTTP/1.1");
        if (!parsed_target) {
            REQUIRE(parsed_target.error().offset <= 8 + target.size());
            continue;
        }
        REQUIRE(parsed_target->port != 0);
        REQUIRE(parsed_target->host.find_first_of("[]@/% ") == std::string::npos);
    }
}
