#include "helloscope/wire/front/proxy_url.hpp"

#include "support/catch.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;

TEST_CASE("proxy URLs are read as Go and curl read them") {
    struct row {
        const char* text;
        proxy_url url;
    };
    using enum proxy_scheme;
    const auto login = [](const char* user, const char* password) {
        return std::optional<credentials>{{user, password}};
    };
    for (const auto& [text, url] : {
             row{"http://proxy.corp:3128", {http, {"proxy.corp", 3128}, {}}},
             row{"http://proxy.corp:3128/", {http, {"proxy.corp", 3128}, {}}},
             row{"proxy.corp:3128", {http, {"proxy.corp", 3128}, {}}},
             row{"proxy.corp", {http, {"proxy.corp", 80}, {}}},
             row{"http://proxy.corp:", {http, {"proxy.corp", 80}, {}}},
             row{"HTTPS://proxy.corp", {https, {"proxy.corp", 443}, {}}},
             row{"socks5://192.0.2.1", {socks5, {"192.0.2.1", 1080}, {}}},
             row{"socks5h://[2001:db8::1]:9050", {socks5h, {"2001:db8::1", 9050}, {}}},
             row{"[::1]:8080", {http, {"::1", 8080}, {}}},
             row{"[::1]", {http, {"::1", 80}, {}}},
             row{"http://u:p@proxy.corp:1", {http, {"proxy.corp", 1}, login("u", "p")}},
             row{"u:p@proxy.corp:1", {http, {"proxy.corp", 1}, login("u", "p")}},
             row{"http://u@proxy.corp:1", {http, {"proxy.corp", 1}, login("u", "")}},
             row{"http://:t@proxy.corp:1", {http, {"proxy.corp", 1}, login("", "t")}},
             row{"http://@proxy.corp:1", {http, {"proxy.corp", 1}, {}}},
             row{"http://DOM%5Cme:p%40s%3as%25@p.corp",
                 {http, {"p.corp", 80}, login("DOM\\me", "p@s:s%")}},
             row{"http://u:p@w@proxy.corp", {http, {"proxy.corp", 80}, login("u", "p@w")}},
             row{"http://u:p:w@proxy.corp", {http, {"proxy.corp", 80}, login("u", "p:w")}},
             row{"http://u:\xc3\xa4@proxy.corp",
                 {http, {"proxy.corp", 80}, login("u", "\xc3\xa4")}},
         }) {
        CAPTURE(text);
        const auto parsed_url = parse_proxy_url(text);
        REQUIRE(parsed_url);
        CHECK(*parsed_url == url);
    }
}

TEST_CASE("what is not the URL of a proxy is refused, with the place") {
    struct row {
        const char* text;
        errc code;
        const char* field;
        std::size_t offset;
    };
    using enum errc;
    for (const auto& [text, code, field, offset] : {
             row{"", malformed, "host", 0},
             row{"http://", malformed, "host", 7},
             row{"http:///", malformed, "host", 7},
             row{"http://:3128", malformed, "host", 7},
             row{"socks://proxy.corp", unsupported, "scheme", 0},
             row{"socks4://proxy.corp", unsupported, "scheme", 0},
             row{"socks4a://proxy.corp", unsupported, "scheme", 0},
             row{"ftp://proxy.corp", unsupported, "scheme", 0},
             row{"://proxy.corp", malformed, "path", 1},
             row{"1http://proxy.corp", malformed, "path", 6},
             row{"http:proxy.corp", malformed, "port", 5},
             row{"http:/proxy.corp", malformed, "path", 5},
             row{"http://proxy.corp/pac", malformed, "path", 17},
             row{"http://proxy.corp//", malformed, "path", 17},
             row{"http://proxy.corp?a", malformed, "query", 17},
             row{"http://proxy.corp#a", malformed, "fragment", 17},
             row{"http://proxy.corp:0", malformed, "port", 18},
             row{"http://proxy.corp:65536", malformed, "port", 18},
             row{"http://proxy.corp:https", malformed, "port", 18},
             row{"http://::1:3128", malformed, "host", 7},
             row{"http://[::1:3128", malformed, "host", 7},
             row{"http://[fe80::1%25eth0]:1", malformed, "host", 7},
             row{"http://proxy corp:1", malformed, "host", 12},
             row{"http://pr\xc3\xb6xy.corp", malformed, "host", 9},
             row{" http://proxy.corp", malformed, "path", 6},
             row{"http://u:p/w@proxy.corp", malformed, "userinfo", 10},
             row{"http://u:p#w@proxy.corp", malformed, "userinfo", 10},
             row{"u:p?w@proxy.corp", malformed, "userinfo", 3},
             row{"http://u:p%4@proxy.corp", malformed, "userinfo", 7},
             row{"http://u:p%@proxy.corp", malformed, "userinfo", 7},
             row{"http://u:%zz@proxy.corp", malformed, "userinfo", 7},
             row{"http://u:%-1@proxy.corp", malformed, "userinfo", 7},
             row{"http://u:%0d%0aA@proxy.corp", malformed, "userinfo", 7},
             row{"http://u%00:p@proxy.corp", malformed, "userinfo", 7},
             row{"http://u:p w@proxy.corp", malformed, "userinfo", 7},
         }) {
        CAPTURE(text);
        const auto url = parse_proxy_url(text);
        REQUIRE_FALSE(url);
        CHECK(url.error() == parse_error{code, offset, field});
    }
}

TEST_CASE("the text of a proxy URL has its port and never its login") {
    struct row {
        const char* text;
        const char* shown;
    };
    for (const auto& [text, shown] : {
             row{"proxy.corp", "http://proxy.corp:80"},
             row{"https://me:secret@proxy.corp", "https://proxy.corp:443"},
             row{"socks5h://me@[::1]", "socks5h://[::1]:1080"},
             row{"SOCKS5://192.0.2.1:9050/", "socks5://192.0.2.1:9050"},
         }) {
        CAPTURE(text);
        CHECK(to_string(*parse_proxy_url(text)) == shown);
    }
    CHECK(parse_proxy_url("https://proxy.corp")->speaks_http());
    CHECK_FALSE(parse_proxy_url("socks5://proxy.corp")->speaks_http());
}

TEST_CASE("mutated proxy URLs are read or refused, and what is read is read again") {
    std::mt19937 random{3986};
    for (int round = 0; round < 20'000; ++round) {
        std::string text = "socks5h://me:p%40w@[2001:db8::1]:1080/";
        for (auto changes = random() % 6 + 1; changes > 0; --changes)
            text[random() % text.size()] = ":[]@/%a1.?#"[random() % 11];
        const auto url = parse_proxy_url(text);
        if (!url) {
            REQUIRE(url.error().offset <= text.size());
            continue;
        }
        const auto again = parse_proxy_url(to_string(*url));
        REQUIRE(again);
        REQUIRE(again->at == url->at);
        REQUIRE(again->scheme == url->scheme);
    }
}
