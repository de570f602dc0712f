#include "helloscope/wire/front/absolute_target.hpp"

#include "support/catch.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

parsed<absolute_target> target_of(
    const std::string& method_and_target, const std::string& fields = "Host: a.test\r\n",
    const char* version = "1.1") {
    const auto input = method_and_target + " HTTP/" + version + "\r\n" + fields + "\r\n";
    const auto head = parse_request_head(as_bytes(input));
    REQUIRE(head);
    return parse_absolute_target(*head);
}

} // namespace

TEST_CASE("an absolute target is a server and what to ask it") {
    struct row {
        const char* request;
        absolute_target expected;
    };
    for (const auto& [request, expected] : {
             row{"GET http://a.test/", {{"a.test", 80}, "/"}},
             row{"GET http://a.test", {{"a.test", 80}, "/"}},
             row{"GET http://a.test:/b", {{"a.test", 80}, "/b"}},
             row{"GET HTTP://A.test:8080/b/c;d?e=f&g=/h?", {{"A.test", 8080}, "/b/c;d?e=f&g=/h?"}},
             row{"GET http://a.test?b", {{"a.test", 80}, "/?b"}},
             row{"GET http://a.test?b=http://c@d/e", {{"a.test", 80}, "/?b=http://c@d/e"}},
             row{"GET http://a.test//b", {{"a.test", 80}, "//b"}},
             row{"GET http://a.test/../%2e%2e/b", {{"a.test", 80}, "/../%2e%2e/b"}},
             row{"GET http://a.test/b@c:d", {{"a.test", 80}, "/b@c:d"}},
             row{"GET http://[2001:db8::1]/b", {{"2001:db8::1", 80}, "/b"}},
             row{"GET http://[::1]:1/b", {{"::1", 1}, "/b"}},
             row{"GET http://192.0.2.1:65535/b", {{"192.0.2.1", 65535}, "/b"}},
             row{"OPTIONS http://a.test", {{"a.test", 80}, "*"}},
             row{"OPTIONS http://a.test:8080", {{"a.test", 8080}, "*"}},
             row{"OPTIONS http://a.test/", {{"a.test", 80}, "/"}},
             row{"OPTIONS http://a.test?b", {{"a.test", 80}, "/?b"}},
             row{"PROPFIND http://a.test/b", {{"a.test", 80}, "/b"}},
         }) {
        CAPTURE(request);
        CHECK(target_of(request) == expected);
    }
}

TEST_CASE("any other form of target is refused, with the place and the reason") {
    const auto long_name = "http://" + std::string(255, 'a') + "/";
    struct row {
        const char* target;
        errc code;
        const char* field;
        std::size_t offset; // in the target
    };
    using enum errc;
    for (const auto& [target, code, field, offset] : {
             row{"/", malformed, "request-target", 0},
             row{"/http://a.test/", malformed, "request-target", 0},
             row{"*", malformed, "request-target", 0},
             row{"a.test:80", malformed, "request-target", 0},
             row{"://a.test/", malformed, "request-target", 0},
             row{"http:/a.test/", malformed, "request-target", 0},
             row{"a/b://c", malformed, "request-target", 0},
             row{"https://a.test/", unsupported, "scheme", 0},
             row{"ftp://a.test/", unsupported, "scheme", 0},
             row{"ws://a.test/", unsupported, "scheme", 0},
             row{"http://", malformed, "host", 7},
             row{"http:///b", malformed, "host", 7},
             row{"http://:80/b", malformed, "host", 7},
             row{"http://a.test:0/b", malformed, "port", 14},
             row{"http://a.test:65536/b", malformed, "port", 14},
             row{"http://a.test:80:80/b", malformed, "host", 13},
             row{"http://::1/b", malformed, "host", 7},
             row{"http://[::1/b", malformed, "host", 7},
             row{"http://a%2etest/", malformed, "host", 8},
             row{"http://a\\b/", malformed, "host", 8},
             row{"http://me:pw@a.test/", malformed, "userinfo", 12},
             row{"http://@a.test/", malformed, "userinfo", 7},
             row{"http://a.test/#b", malformed, "fragment", 14},
             row{"http://a.test#b@c/", malformed, "fragment", 13},
             row{long_name.c_str(), too_long, "host", 7 + 254},
         }) {
        CAPTURE(target);
        const auto refused = target_of(std::string("GET ") + target);
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == parse_error{code, 4 + offset, field});
    }
}

TEST_CASE("CONNECT has no such target") {
    CHECK(
        target_of("CONNECT http://a.test/").error() == parse_error{errc::unsupported, 0, "method"});
}

TEST_CASE("a request has one Host and it names a host, whichever") {
    const std::string get = "GET http://a.test/"; // HTTP/1.1 and CRLF: the fields begin at byte 29
    CHECK(target_of(get, "Host: other.test:81\r\n")->at == host_port{"a.test", 80});
    CHECK(target_of(get, "A: b\r\nHOST: [::1]\r\n"));
    CHECK(target_of(get, "", "1.0"));
    struct row {
        const char* fields;
        std::size_t offset;
        const char* version = "1.1";
    };
    for (const auto& [fields, offset, version] : {
             row{"", 31},
             row{"Host: a.test\r\nHost: a.test\r\n", 43},
             row{"Host: a.test\r\nhost: b.test\r\n", 43, "1.0"},
             row{"Host: a.test, b.test\r\n", 35},
             row{"Host: a.test/b\r\n", 35},
             row{"Host: me@a.test\r\n", 35},
             row{"Host: http://a.test\r\n", 35},
             row{"Host:\r\n", 34},
             row{"Host: a.test:0\r\n", 35},
         }) {
        CAPTURE(fields);
        const auto refused = target_of(get, fields, version);
        REQUIRE_FALSE(refused);
        CHECK(refused.error() == parse_error{errc::malformed, offset, "Host"});
    }
}

TEST_CASE("the Host field for a server leaves out the default port and keeps brackets") {
    CHECK(host_field({"a.test", 80}) == "a.test");
    CHECK(host_field({"a.test", 8080}) == "a.test:8080");
    CHECK(host_field({"::1", 80}) == "[::1]");
    CHECK(host_field({"::1", 443}) == "[::1]:443");
}

TEST_CASE("mutated absolute targets are read or refused, and what is read is safe to send") {
    std::mt19937 random{9112};
    for (int round = 0; round < 20'000; ++round) {
        std::string target = "http://[2001:db8::1]:8080/a?b";
        for (auto changes = random() % 4 + 1; changes > 0; --changes)
            target[random() % target.size()] = ":[]@/%a1?#"[random() % 10];
        const auto read = target_of("GET " + target);
        if (!read) {
            REQUIRE(read.error().offset <= 4 + target.size());
            continue;
        }
        REQUIRE(read->at.port != 0);
        REQUIRE(read->at.host.find_first_of("[]@/% ") == std::string::npos);
        REQUIRE(read->origin_form.starts_with('/'));
    }
}
