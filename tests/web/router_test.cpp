#include "router.hpp"

#include "fake_relay.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

web::answer echo(web::api&, const web::call& asked) {
    std::string names;
    for (const auto& one : asked.names) names += "<" + one + ">";
    return {200, names + asked.parameter("after") + asked.parameter("x y")};
}

constexpr web::resource table[] = {
    {"GET", "/things", echo}, {"PUT", "/things", echo}, {"GET", "/things/{}/of/{}", echo}};

web::answer ask(std::string method, std::string target) {
    asking with;
    web::request asked;
    asked.method = std::move(method);
    asked.target = std::move(target);
    asked.host = "localhost";
    return web::route(with.api, table, asked);
}

} // namespace

TEST_CASE("a path is found, and its names are decoded") {
    CHECK(ask("GET", "/things").status == 200);
    CHECK(ask("GET", "/things/a%2Fb/of/%c3%a9").body == "<a/b><é>");
    CHECK(ask("GET", "/things/a+b/of/[::1]:80").body == "<a+b><[::1]:80>");
    CHECK(ask("GET", "/things?limit=3&after=7&after=8").body == "7");
    CHECK(ask("GET", "/things?after=%41").body == "A");
    CHECK(ask("GET", "/things?afterwards=1&after").body.empty());
}

TEST_CASE("what is not there is 404, and another method 405 with those there are") {
    for (const std::string path :
         {"/", "/thing", "/things/", "/things/a/of", "/things/a/of/", "//", "things", ""}) {
        CAPTURE(path);
        CHECK(ask("GET", path).status == 404);
    }
    const auto no = ask("DELETE", "/things");
    CHECK(no.status == 405);
    CHECK(no.allow == "GET, PUT");
    for (const std::string path : {"/things/%", "/things/%4", "/things/%zz"}) {
        CAPTURE(path);
        CHECK(ask("GET", path).status == 400);
    }
}

TEST_CASE("the guard comes first") {
    asking with;
    web::request asked;
    asked.method = "GET";
    asked.target = "/things";
    asked.host = "evil.example";
    CHECK(web::route(with.api, table, asked).status == 403);
}
