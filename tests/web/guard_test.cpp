#include "guard.hpp"

#include "support/catch.hpp"

using namespace helloscope;

namespace {

web::request from(std::string host, std::string origin = "") {
    web::request asked;
    asked.method = "GET";
    asked.target = "/proxies";
    asked.host = std::move(host);
    asked.origin = std::move(origin);
    return asked;
}

unsigned status(const web::request& asked) {
    const auto no = web::object_to(asked);
    return no ? no->status : 200;
}

} // namespace

TEST_CASE("a name that somebody else could point here is refused") {
    for (const std::string host :
         {"127.0.0.1:8474", "127.0.0.1", "[::1]:8474", "localhost:8474", "LOCALHOST",
          "a.localhost:1", "192.0.2.1:8474", "toxiproxy:8474", "chaos_proxy-1"}) {
        CAPTURE(host);
        CHECK(status(from(host)) == 200);
    }
    for (const std::string host :
         {"", "evil.example:8474", "127.0.0.1.evil.example", "localhost.evil.example:8474", "[::1",
          "a b", "a.b", "."}) {
        CAPTURE(host);
        CHECK(status(from(host)) == 403);
    }
}

TEST_CASE("a page of another origin is refused, one of this host is not") {
    CHECK(status(from("localhost:8474", "http://localhost:8474")) == 200);
    CHECK(status(from("localhost:8474", "http://localhost:9999")) == 403);
    CHECK(status(from("localhost:8474", "https://localhost:8474")) == 403);
    CHECK(status(from("localhost:8474", "https://evil.example")) == 403);
    CHECK(status(from("localhost:8474", "null")) == 403);
    auto fetched = from("localhost:8474");
    for (const auto& [site, expected] :
         {std::pair("cross-site", 403u),
          {"same-site", 403u},
          {"same-origin", 200u},
          {"none", 200u}}) {
        fetched.fetch_site = site;
        CAPTURE(site);
        CHECK(status(fetched) == expected);
    }
}

TEST_CASE("a body is JSON and says so") {
    auto asked = from("127.0.0.1");
    asked.method = "POST";
    CHECK(status(asked) == 200); // no body
    asked.body = "{}";
    const struct {
        std::string type;
        unsigned status;
    } rows[] = {
        {"application/json", 200},
        {"Application/JSON; charset=utf-8", 200},
        {"application/json ;charset=utf-8", 200},
        {"", 415},
        {"text/plain", 415},
        {"application/x-www-form-urlencoded", 415},
        {"application/jsonp", 415},
    };
    for (const auto& row : rows) {
        CAPTURE(row.type);
        asked.content_type = row.type;
        CHECK(status(asked) == row.status);
    }
}
