#include "helloscope/policy/ways_out.hpp"

#include "support/catch.hpp"

#include <map>

using namespace helloscope;
using namespace helloscope::policy;
using wire::front::parse_proxy_url;

namespace {

using variables = std::map<std::string, std::string>;

result<ways_out> read(const variables& set) {
    ways_out ways;
    const proxy_environment environment{[&](const char* name) {
        const auto found = set.find(name);
        return found == set.end() ? nullptr : found->second.c_str();
    }};
    if (const auto done = read_environment(ways, environment); !done)
        return std::unexpected(done.error());
    return ways;
}

// "http://a.test:1 http://b.test:2 by SOURCE", or "direct by SOURCE".
std::string text_of(const way_out& way) {
    std::string text;
    for (const auto& parent : way.parents) text += to_string(parent) + " ";
    return (text.empty() ? "direct " : text) + "by " + way.source;
}

const host_port target{"releases.test", 443};

} // namespace

TEST_CASE("the environment names a parent for each way of asking") {
    struct row {
        variables set;
        const char* tunnel;
        const char* plain_http;
    };
    for (const auto& [set, tunnel, plain_http] : {
             row{{}, "direct by ", "direct by "},
             row{{{"HTTPS_PROXY", "http://a.test:1"}},
                 "http://a.test:1 by HTTPS_PROXY",
                 "direct by "},
             row{{{"HTTP_PROXY", "http://a.test:1"}},
                 "direct by ",
                 "http://a.test:1 by HTTP_PROXY"},
             row{{{"https_proxy", "a.test:1"}, {"http_proxy", "b.test"}},
                 "http://a.test:1 by https_proxy",
                 "http://b.test:80 by http_proxy"},
             row{{{"https_proxy", "a.test:1"}, {"HTTPS_PROXY", "b.test:2"}},
                 "http://b.test:2 by HTTPS_PROXY",
                 "direct by "},
             row{{{"https_proxy", "a.test:1"}, {"HTTPS_PROXY", ""}},
                 "http://a.test:1 by https_proxy",
                 "direct by "},
             row{{{"ALL_PROXY", "socks5h://a.test"}},
                 "socks5h://a.test:1080 by ALL_PROXY",
                 "socks5h://a.test:1080 by ALL_PROXY"},
             row{{{"all_proxy", "socks5://a.test"}, {"HTTP_PROXY", "b.test:2"}},
                 "socks5://a.test:1080 by all_proxy",
                 "http://b.test:2 by HTTP_PROXY"},
             row{{{"HTTPS_PROXY", "https://me:secret@a.test"}},
                 "https://a.test:443 by HTTPS_PROXY",
                 "direct by "},
             row{{{"HTTPS_PROXY", "a.test:1"}, {"NO_PROXY", "b.test"}},
                 "http://a.test:1 by HTTPS_PROXY",
                 "direct by "},
             row{{{"HTTPS_PROXY", "a.test:1"}, {"NO_PROXY", "releases.test"}},
                 "direct by NO_PROXY",
                 "direct by "},
             row{{{"ALL_PROXY", "a.test:1"}, {"no_proxy", "test:443"}},
                 "direct by no_proxy",
                 "direct by no_proxy"},
             row{{{"ALL_PROXY", "a.test:1"}, {"NO_PROXY", ""}, {"no_proxy", "*"}},
                 "direct by no_proxy",
                 "direct by no_proxy"},
             row{{{"NO_PROXY", "*"}}, "direct by ", "direct by "},
             // GNOME sets such an ALL_PROXY beside the others: what is not needed is not read.
             row{{{"all_proxy", "socks://a.test:1/"},
                  {"https_proxy", "http://b.test:2/"},
                  {"http_proxy", "http://b.test:2/"}},
                 "http://b.test:2 by https_proxy",
                 "http://b.test:2 by http_proxy"},
         }) {
        const auto ways = read(set);
        REQUIRE(ways);
        CHECK(text_of(ways->choose(target, asked_for::tunnel)) == tunnel);
        CHECK(text_of(ways->choose(target, asked_for::plain_http)) == plain_http);
    }
}

TEST_CASE("--via goes before the environment, and NO_PROXY before both") {
    auto ways = *read({{"ALL_PROXY", "env.test:1"}, {"NO_PROXY", "corp.test"}});
    ways.via = {*parse_proxy_url("a.test:1"), *parse_proxy_url("socks5://b.test:2")};
    for (const auto what : {asked_for::tunnel, asked_for::plain_http}) {
        CHECK(text_of(ways.choose(target, what)) == "http://a.test:1 socks5://b.test:2 by --via");
        CHECK(text_of(ways.choose({"a.corp.test", 443}, what)) == "direct by NO_PROXY");
        CHECK(text_of(ways.choose({"localhost", 443}, what)) == "direct by loopback");
        CHECK(text_of(ways.choose({"::1", 443}, what)) == "direct by loopback");
    }
    ways.exceptions = no_proxy::parse("releases.test");
    ways.exceptions_source = "--noproxy";
    CHECK(text_of(ways.choose(target, asked_for::tunnel)) == "direct by --noproxy");

    ways.direct = true;
    CHECK(text_of(ways.choose({"a.corp.test", 443}, asked_for::tunnel)) == "direct by --via");
}

TEST_CASE("loopback without a parent is direct because nothing names one") {
    CHECK(text_of(ways_out{}.choose({"localhost", 443}, asked_for::tunnel)) == "direct by ");
}

TEST_CASE("a variable that is wrong is named, with what to do and without its secrets") {
    struct row {
        variables set;
        const char* message;
    };
    for (const auto& [set, message] : {
             row{{{"HTTPS_PROXY", "socks4://me:secret@a.test"}},
                 "HTTPS_PROXY: the scheme is none of http, https, socks5 and socks5h (at byte 0); "
                 "write it as http://HOST:PORT"},
             row{{{"http_proxy", "http://me:sec#ret@a.test"}},
                 "http_proxy: in the user and the password write @ : / ? # % and spaces as %40 %3A "
                 "%2F %3F %23 %25 %20 (at byte 13); write it as http://HOST:PORT"},
             row{{{"ALL_PROXY", "http://me:secret@:80"}},
                 "ALL_PROXY: the host is neither a name nor an address (IPv6 in brackets) (at byte "
                 "17); write it as http://HOST:PORT"},
             row{{{"all_proxy", "me:secret@a.test:x"}},
                 "all_proxy: the port is not a number from 1 to 65535 (at byte 17); write it as "
                 "http://HOST:PORT"},
             row{{{"HTTP_PROXY", "http://a.test/secret"}},
                 "HTTP_PROXY: a proxy has neither path nor query (at byte 13); write it as "
                 "http://HOST:PORT"},
             row{{{"HTTP_PROXY", "a.test?secret"}},
                 "HTTP_PROXY: a proxy has neither path nor query (at byte 6); write it as "
                 "http://HOST:PORT"},
         }) {
        const auto ways = read(set);
        REQUIRE_FALSE(ways);
        CHECK(ways.error().message == message);
    }
}
