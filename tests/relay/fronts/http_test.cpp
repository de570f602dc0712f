#include "relay/fronting.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using test::fronting;

namespace {

// Of "secret".
constexpr std::string_view alice =
    "alice:$2b$04$cliCwJMHQW3NneIQEkKfk.yGp/joCrn7fIgfgxS1JbpwxondSdfu.\n";

constexpr std::string_view head =
    "CONNECT registry.test:443 HTTP/1.1\r\nHost: registry.test:443\r\n"
    "Proxy-Authorization: Basic czNjcjN0\r\nUser-Agent: Go-http-client/1.1\r\n\r\n";

} // namespace

TEST_CASE_METHOD(fronting, "credentials are kept by their length alone") {
    start();
    says(head);
    CHECK(told.kept_text().find("czNjcjN0") == std::string::npos);
    CHECK(told.kept_text().size() == head.size());
    const auto requests = told.all<model::requested>();
    for (const auto& field : requests.at(0).headers)
        if (field.name == "Proxy-Authorization") {
            CHECK(field.length == 14);
            CHECK_FALSE(field.value);
        }
}

TEST_CASE_METHOD(fronting, "a plain request is left for whoever passes it on") {
    start();
    says("GET http://example.test/a HTTP/1.1\r\nHost: example.test\r\n\r\n");
    REQUIRE(over);
    REQUIRE(asked);
    CHECK(asked->what == policy::asked_for::plain_http);
    CHECK(as_text(from.unused()).starts_with("GET http://example.test/a "));
    CHECK(front() == "http");
}

TEST_CASE_METHOD(fronting, "a password is asked for, and the right one is not asked for twice") {
    struct row {
        std::string field;
        bool passes;
    };
    const auto [field, passes] = GENERATE(
        row{"", false}, row{"Proxy-Authorization: Basic YWxpY2U6d3Jvbmc=\r\n", false},
        row{"Proxy-Authorization: Basic YWxpY2U6c2VjcmV0\r\n", true},
        row{"Proxy-Authorization: Bearer YWxpY2U6c2VjcmV0\r\n", false});
    CAPTURE(field);
    options().access.logins = *passwords::parse(alice, "users");
    start();
    says("CONNECT registry.test:443 HTTP/1.1\r\n" + field + "\r\n");
    CHECK(asked.has_value() == passes);
    if (passes) {
        CHECK(asked->authorization.empty()); // it was meant for us
        return;
    }
    CHECK(status_line().starts_with("HTTP/1.1 407 this proxy wants a user name"));
    CHECK(client->sent.find("Proxy-Authenticate: Basic realm=") != std::string::npos);
}

TEST_CASE_METHOD(fronting, "a loop is one, though nobody logs in any more") {
    options().access.logins = *passwords::parse(alice, "users");
    start();
    says("CONNECT registry.test:443 HTTP/1.1\r\nVia: 1.1 helloscope-00007e57, 1.1 b\r\n\r\n");
    CHECK(status_line().starts_with("HTTP/1.1 502 the request came back to this proxy"));
}

TEST_CASE_METHOD(fronting, "a client's own credentials are kept for a parent") {
    start();
    says(head);
    REQUIRE(asked);
    CHECK(asked->authorization == "Basic czNjcjN0");
}

TEST_CASE_METHOD(
    fronting, "whom a request came through is kept, for the loops of several proxies") {
    start();
    says("CONNECT registry.test:443 HTTP/1.1\r\nVia: 1.1 a, 1.0 b\r\nvia: 1.1 c\r\n\r\n");
    REQUIRE(asked);
    CHECK(asked->via == "1.1 a, 1.0 b, 1.1 c");
}

TEST_CASE("a client from elsewhere is refused in the words of its protocol") {
    fronting front(*parse_endpoint("198.51.100.7:4000"));
    front.options().access.allow_from = {*parse_network("10.0.0.0/8")};
    front.start();
    front.says("CONNECT registry.test:443 HTTP/1.1\r\n\r\n");
    CHECK(front.status_line() == "HTTP/1.1 403 198.51.100.7 may not use this proxy (--allow-from)");
}
