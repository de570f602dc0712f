#include "helloscope/policy/route.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::policy;

TEST_CASE("a route's words are read, and written as they can be read again") {
    struct row {
        const char* text;
        const char* written;
    };
    for (const auto& [text, written] : {
             row{"", ""},
             row{"host=*.bazel.build port=443 shape=mss:1360|split:sni",
                 "host=*.bazel.build port=443 shape=mss:1360|split:sni"},
             row{"  port=8000-8999\theal=on\n", "port=8000-8999 heal=on"},
             row{"port=443-443", "port=443"},
             row{"network=10.0.0.0/8 via=direct", "network=10.0.0.0/8 via=direct"},
             row{"shape=none fault=none heal=off", "shape=none fault=none heal=off"},
             row{"fault='to_server stall@1460' name=\"a b\"",
                 "name='a b' fault='to_server stall@1460'"},
             row{"name=it\"'\"s", "name=\"it's\""},
             row{"via=http://a.test:1 via=socks5h://b.test:2",
                 "via=http://a.test:1 via=socks5h://b.test:2"},
             row{"host=2001:db8::1", "host=2001:db8::1"},
         }) {
        INFO(text);
        const auto entry = parse_route(text);
        REQUIRE(entry);
        CHECK(to_string(*entry) == written);
        const auto again = parse_route(written);
        REQUIRE(again);
        CHECK(to_string(*again) == written);
    }
}

TEST_CASE("a wrong word of a route is named, with what was expected") {
    struct row {
        const char* text;
        const char* trouble;
    };
    for (const auto& [text, trouble] : {
             row{"bazel.build", "'bazel.build': expected KEY=VALUE, such as host=*.example.org"},
             row{"host=a.test shape", "'shape': expected KEY=VALUE, such as host=*.example.org"},
             row{"hots=a.test", "'hots' is no key of a route: expected one of name, host, port, "
                                "network, shape, fault, via, heal"},
             row{"client-mss=1360", "client-mss: belongs to a listener, which is there before any "
                                    "destination is known: --client-mss"},
             row{"name='a", "name: the quote that ' opens is never closed"},
             row{"host=", "host=: expected a host name, * and ? in it for any letters"},
             row{"host=a.test:443",
                 "host=a.test:443: expected a host alone: port=N says which port"},
             row{"host=a host=b", "host=b: said twice"},
             row{"port=0", "port=0: expected a port, 1 to 65535, or a range such as 8000-8999"},
             row{"port=9-8", "port=9-8: expected a port, 1 to 65535, or a range such as 8000-8999"},
             row{"network=10.0.0.1/8", "network=10.0.0.1/8: expected an address or a network such "
                                       "as 10.0.0.0/8 or 2001:db8::/32"},
             row{"fault=none fault='to_server reset'",
                 "fault=to_server reset: none goes with no other"},
             row{"via=direct via=http://a.test", "via: direct goes with no other"},
             row{"heal=yes", "heal=yes: expected on or off"},
         }) {
        INFO(text);
        const auto entry = parse_route(text);
        REQUIRE_FALSE(entry);
        CHECK(entry.error().message == trouble);
    }
}

TEST_CASE("shapes and faults that are wrong say so in their own words") {
    for (const auto* text : {"shape=splat:1", "fault='to_server explode'"}) {
        INFO(text);
        const auto entry = parse_route(text);
        REQUIRE_FALSE(entry);
        CHECK(
            entry.error().message.find("spla") + entry.error().message.find("explode") !=
            2 * std::string::npos);
    }
}

TEST_CASE("the password of a parent is in no text of a route") {
    const auto entry = parse_route("via=http://me:secret@a.test:1");
    REQUIRE(entry);
    CHECK(to_string(*entry) == "via=http://a.test:1");
    const auto wrong = parse_route("via=http://me:secret@a.test:x");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().message.find("secret") == std::string::npos);
}
