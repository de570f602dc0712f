#include "relay/fronting.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using test::fronting;

namespace {

// Of "secret".
constexpr std::string_view alice =
    "alice:$2b$04$cliCwJMHQW3NneIQEkKfk.yGp/joCrn7fIgfgxS1JbpwxondSdfu.\n";

} // namespace

TEST_CASE_METHOD(fronting, "SOCKS5 is served on the same port") {
    start();
    says(std::string("\x05\x01\x00", 3));
    CHECK(client->sent == std::string("\x05\x00", 2));
    says(std::string(
        "\x05\x01\x00\x03\x0dregistry.test\x01\xbb"
        "early",
        25));
    REQUIRE(asked);
    CHECK(asked->target == host_port{"registry.test", 443});
    CHECK(as_text(from.unused()) == "early");
    CHECK(front() == "socks5");
}

TEST_CASE_METHOD(fronting, "the server leg's fate is told in SOCKS' own words") {
    start();
    says(std::string("\x05\x01\x00\x05\x01\x00\x01\xc0\x00\x02\x01\x01\xbb", 13));
    REQUIRE(asked);
    CHECK(asked->target == host_port{"192.0.2.1", 443});
    const auto yes = asked->by->established(*parse_endpoint("192.0.2.9:1"));
    CHECK(yes == std::string("\x05\x00\x00\x01\xc0\x00\x02\x09\x00\x01", 10));
    const auto no = asked->by->refused(
        refusal(wire::front::proxy_error::connection_refused, "nobody there"));
    CHECK(no.substr(0, 2) == std::string("\x05\x05", 2));
}

TEST_CASE_METHOD(fronting, "a login is checked, and never recorded") {
    const bool right = GENERATE(true, false);
    options().access.logins = *passwords::parse(alice, "users");
    start();
    says(std::string("\x05\x02\x00\x02", 4));
    CHECK(client->sent == std::string("\x05\x02", 2));
    says(
        std::string(
            "\x01\x05"
            "alice\x06",
            8) +
        (right ? "secret" : "secreT"));
    CHECK(client->sent.substr(2) == std::string(right ? "\x01\x00" : "\x01\x01", 2));
    CHECK(told.kept_text().find("secre") == std::string::npos);
}

TEST_CASE_METHOD(fronting, "SOCKS4a asks by name; with a password wanted it is refused") {
    const bool wanted = GENERATE(true, false);
    if (wanted) options().access.logins = *passwords::parse(alice, "users");
    start();
    says(std::string("\x04\x01\x01\xbb\x00\x00\x00\x01me\x00registry.test\x00", 25));
    CHECK(asked.has_value() != wanted);
    if (wanted)
        CHECK(client->sent.substr(0, 2) == std::string("\x00\x5b", 2));
    else
        CHECK(asked->target == host_port{"registry.test", 443});
    CHECK(front() == "socks4");
}

TEST_CASE_METHOD(fronting, "a request that has been here before is refused, no other") {
    const bool loop = GENERATE(true, false);
    start();
    says(as_text(test::hex(loop ? "05 09 00 9080808087 8e8587" : "05 09 00 9080808087 8e8588")));
    says(as_text(test::hex("05 01 00 01 c0000201 01bb")));
    CHECK(asked.has_value() != loop);
    if (loop)
        CHECK(client->sent.substr(2) == as_text(test::hex("05 01 00 01 00000000 0000")));
    else
        CHECK(asked->via == "SOCKS/5 helloscope-00007e58");
}
