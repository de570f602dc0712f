#include "route_json.hpp"

#include "support/catch.hpp"

using namespace helloscope;

namespace {

std::string again(const std::string& text) {
    auto entries = web::read_routes(*web::read(text)).value();
    const auto routes = policy::routes::make(std::move(entries), {}).value();
    return web::write(web::routes_json(&routes));
}
std::string error(const std::string& text) {
    const auto got = web::read_routes(*web::read(text));
    return got ? "" : got.error().message;
}

} // namespace

TEST_CASE("routes are read as the words of the configuration file and written so") {
    CHECK(web::write(web::routes_json(nullptr)) == R"({"routes":[]})");
    const std::string all =
        R"({"routes":[{"name":"one","host":"*.test","port":"8000-8999","network":"10.0.0.0/8",)"
        R"("shape":"mss:1360|split:sni","fault":["to_server stall@1460",)"
        R"("reset@sni name=\"it is\""],)"
        R"("via":["http://a.test:1"],"heal":true},{"host":"b.test",)"
        R"("shape":"none","fault":["none"],)"
        R"("via":["direct"],"heal":false}]})";
    CHECK(again(all) == all);
    CHECK(
        again(R"([{"host":"a.test","port":443,"fault":"stall","heal":"on"}])") ==
        R"({"routes":[{"host":"a.test","port":"443","fault":["stall"],"heal":true}]})");
}

TEST_CASE("no password of a parent is told") {
    const auto told = again(R"([{"host":"a.test","via":"http://user:secret@p.test:1"}])");
    CHECK(told.find("secret") == std::string::npos);
}

TEST_CASE("what is wrong is named with its route") {
    CHECK(error("{}") == "{\"routes\":[…]} is expected, or the array alone");
    CHECK(error("[" + std::string(2'000, ' ') + "]") == "");
    std::string many = "[";
    for (int i = 0; i < 1'000; ++i) many += R"({"host":"a"},)";
    CHECK(error(many + R"({"host":"b"}])") == "1000 routes are the most");
    CHECK(error("[1]") == "route 1: an object is expected, not a number");
    CHECK(
        error(R"([{"host":"a.test"},{"host":{}}])") ==
        "route 2: \"host\": a string is expected, not an object");
    CHECK(error(R"([{"ho st":"a.test"}])") == "route 1: \"ho st\" is no word of a route");
    CHECK(error(R"([{"host":"a.test","shape":"splat"}])").starts_with("route 1: shape=splat: "));
    CHECK(error(R"([{"host":"it's \"quoted\""}])").starts_with("route 1: host=it's \"quoted\": "));
}
