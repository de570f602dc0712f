#include "helloscope/wire/front/masked_head.hpp"

#include "support/catch.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

request_head parse(const std::string& input) {
    const auto head = parse_request_head(as_bytes(input));
    REQUIRE(head);
    return *head;
}

} // namespace

TEST_CASE("a recording keeps the shape of a head and none of its secrets") {
    const std::string input = "CONNECT releases.test:8443 HTTP/1.1\r\n"
                              "Host: releases.test:8443\r\n"
                              "proxy-authorization:  Basic dXNlcjpzZWNyZXQ= \r\n"
                              "USER-AGENT: Go-http-client/1.1\r\n"
                              "Empty:\r\n"
                              "\r\n";
    CHECK(
        masked_head(parse(input)) == "CONNECT releases.test:8443 HTTP/1.1\r\n"
                                     "Host: releases.test:8443\r\n"
                                     "proxy-authorization:  xxxxxxxxxxxxxxxxxxxxxx \r\n"
                                     "USER-AGENT: Go-http-client/1.1\r\n"
                                     "Empty:\r\n"
                                     "\r\n");
}

TEST_CASE("a masked head stops where the head does") {
    const auto input = std::string("GET / HTTP/1.1\r\nCookie: a\r\n\r\nbody");
    CHECK(masked_head(parse(input)) == "GET / HTTP/1.1\r\nCookie: x\r\n\r\n");
}

TEST_CASE("values are kept for the allow-list alone, in any case") {
    const std::string input = "GET http://a.test/ HTTP/1.1\r\n"
                              "host: a.test\r\n"
                              "User-agent: curl/7.88.1\r\n"
                              "VIA: 1.1 parent\r\n"
                              "proxy-status: parent; error=dns_error\r\n"
                              "Content-Length: 12\r\n"
                              "Authorization: Bearer secret\r\n"
                              "Cookie: a=b\r\n"
                              "X-Host: a.test\r\n"
                              "\r\n";
    const auto fields = masked_fields(parse(input));
    REQUIRE(fields.size() == 8);
    for (std::size_t i = 0; i < 5; ++i) {
        CAPTURE(fields[i].name);
        CHECK(fields[i].value.has_value());
    }
    CHECK(fields[0].name == "host");
    CHECK(fields[0].value == "a.test");
    CHECK(fields[4].value == "12");
    for (std::size_t i = 5; i < 8; ++i) CHECK_FALSE(fields[i].value.has_value());
    CHECK(fields[5].name == "Authorization");
    CHECK(fields[5].value_length == 13);
}

TEST_CASE("targets lose query, fragment, userinfo and credentials in the path") {
    struct row {
        const char* target;
        const char* kept;
    };
    for (const auto& [target, kept] : {
             row{"/", "/"},
             row{"/a/b.tar.gz", "/a/b.tar.gz"},
             row{"http://a.test/b", "http://a.test/b"},
             row{"http://a.test:8080", "http://a.test:8080"},
             row{"http://[::1]:80/b", "http://[::1]:80/b"},
             row{"/a?token=b&c", "/a?xxxxxxxxx"},
             row{"http://a.test?b/c@d", "http://a.test?xxxxx"},
             row{"/a#b?c", "/a#xxx"},
             row{"http://me:pw@a.test/b", "http://xxxxx@a.test/b"},
             row{"http://me@a.test:80/b", "http://xx@a.test:80/b"},
             row{"http://me:p@w@a.test/", "http://xxxxxx@a.test/"},
             row{"http://me:p/w@a.test/", "http://xxxx/w@a.test/"},
             row{"http://me:p?w@a.test/", "http://xxxx?xxxxxxxxx"},
             row{"me:pw@a.test:443", "xxxxx@a.test:443"},
             row{"a.test:443", "a.test:443"},
             row{"/a;session=b/c;d=e", "/a;xxxxxxxxx/c;xxx"},
             row{"/https://me:pw@a.test/b", "/https://xxxxx@a.test/b"},
             row{"/@scope/name@1.2", "/@scope/name@1.2"},
             row{"/a?b", "/a?x"},
             row{"?b", "?x"},
             row{"*", "x"},
         }) {
        CAPTURE(target);
        CHECK(masked_target(target) == kept);
    }
}

TEST_CASE("Host does not leak userinfo, nor what is not a host") {
    struct row {
        const char* value;
        const char* kept;
    };
    for (const auto& [value, kept] : {
             row{"a.test", "a.test"},
             row{"a.test:443", "a.test:443"},
             row{"[::1]:443", "[::1]:443"},
             row{"me:pw@a.test", "xxxxx@a.test"},
             row{"me:p@w@a.test:1", "xxxxxx@a.test:1"},
             row{"me:pw", "xxxxx"},
             row{"a.test/b?c", "xxxxxxxxxx"},
             row{"[::1", "xxxx"},
             row{"", ""},
         }) {
        CAPTURE(value);
        const auto input = std::string("GET / HTTP/1.1\r\nHost: ") + value + "\r\n\r\n";
        const auto head = parse(input);
        CHECK(masked_fields(head)[0].value == kept);
        CHECK(masked_head(head).find(std::string("Host: ") + kept + "\r\n") != std::string::npos);
    }
}

TEST_CASE("a masked head parses again and has the size of the original") {
    std::mt19937 random{7};
    for (int round = 0; round < 20'000; ++round) {
        std::string input = "GET http://me:pw@a.test/b;c?d HTTP/1.1\r\n"
                            "Host: a.test\r\nCookie: secret\r\n\r\n";
        for (auto changes = random() % 4 + 1; changes > 0; --changes)
            input[random() % input.size()] = ":/@?;# a[\x80"[random() % 10];
        const auto head = parse_request_head(as_bytes(input));
        if (!head) continue;
        const auto text = masked_head(*head);
        REQUIRE(text.size() == head->size);
        const auto again = parse_request_head(as_bytes(text));
        REQUIRE(again);
        REQUIRE(again->fields.size() == head->fields.size());
        REQUIRE(again->target.size() == head->target.size());
    }
}

TEST_CASE("a method that nobody knows may be a secret") {
    CHECK(masked_method("CONNECT") == "CONNECT");
    CHECK(masked_method("PATCH") == "PATCH");
    CHECK(masked_method("S3CR3T") == "xxxxxx");
    CHECK(masked_head(parse("S3CR3T / HTTP/1.1\r\n\r\n")) == "xxxxxx / HTTP/1.1\r\n\r\n");
}

TEST_CASE("a recording keeps the status line of an answer and none of its secrets") {
    const std::string input = "HTTP/1.1 407 Proxy Authentication Required\r\n"
                              "Proxy-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n"
                              "Set-Cookie: a=b\r\n"
                              "Location: http://me:pw@a.test/?c\r\n"
                              "Server: squid/5.7\r\n"
                              "VIA: 1.1 parent\r\n"
                              "Proxy-Status: parent; error=http_request_denied\r\n"
                              "content-length:  12\r\n"
                              "\r\n"
                              "Hello world!";
    const auto head = parse_response_head(as_bytes(input));
    REQUIRE(head);
    const auto text = masked_response_head(*head);
    CHECK(
        text == "HTTP/1.1 407 Proxy Authentication Required\r\n"
                "Proxy-Authenticate: xxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"
                "Set-Cookie: xxx\r\n"
                "Location: xxxxxxxxxxxxxxxxxxxxxx\r\n"
                "Server: xxxxxxxxx\r\n"
                "VIA: 1.1 parent\r\n"
                "Proxy-Status: parent; error=http_request_denied\r\n"
                "content-length:  12\r\n"
                "\r\n");
    CHECK(text.size() == head->size);
    CHECK(parse_response_head(as_bytes(text)));
}
