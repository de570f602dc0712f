#include "proxies.hpp"

#include "fake_relay.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

const std::string redis =
    R"({"name":"redis","listen":"127.0.0.1:26379","upstream":"localhost:6379"})";
const std::string told =
    R"({"name":"redis","listen":"127.0.0.1:26379","upstream":"localhost:6379",)"
    R"("enabled":true,"toxics":[]})";

std::string error(std::string why, int status) {
    return std::to_string(status) + R"( {"error":")" + why + R"(","status":)" +
           std::to_string(status) + "}";
}

} // namespace

TEST_CASE("a proxy lives from its making to its removal") {
    asking api;
    CHECK(api.says("GET", "/proxies") == "200 {}");
    CHECK(api.says("POST", "/proxies", redis) == "201 " + told);
    CHECK(api.says("GET", "/proxies/redis") == "200 " + told);
    CHECK(api.says("GET", "/proxies") == "200 {\"redis\":" + told + "}");
    const auto& made = api.relay.listeners.back().where;
    CHECK(made.how == relay::way_in::reverse);
    CHECK(made.target == host_port{"localhost", 6379});

    CHECK(
        api.says("POST", "/proxies/redis", R"({"enabled":false})").find(R"("enabled":false)") !=
        std::string::npos);
    CHECK_FALSE(api.relay.listeners.back().open);
    const auto elsewhere = api.says("PATCH", "/proxies/redis", R"({"upstream":"db.test:1"})");
    CHECK(elsewhere.starts_with("200 "));
    CHECK(elsewhere.find(R"("upstream":"db.test:1","enabled":false)") != std::string::npos);

    CHECK(api.says("DELETE", "/proxies/redis") == "204");
    CHECK(api.says("GET", "/proxies") == "200 {}");
    for (const std::string method : {"GET", "POST", "PATCH", "DELETE"})
        CHECK(
            api.says(method, "/proxies/redis", method == "GET" ? "" : "{}") ==
            error("proxy not found", 404));
}

TEST_CASE("a free port is told, and localhost is an address") {
    asking api;
    const auto made = api.says(
        "POST", "/proxies", R"({"name":"a","listen":"localhost:0","upstream":"h:1"})");
    CHECK(made.find(R"("listen":"127.0.0.1:40000")") != std::string::npos);
    CHECK(
        api.says("POST", "/proxies", R"({"name":"b","upstream":"h:1","enabled":false})")
            .find(R"("listen":"127.0.0.1:0")") != std::string::npos);
    CHECK(to_string(*web::parse_listen(":8080")) == "[::]:8080");
    CHECK(to_string(*web::parse_listen("[::1]:8080")) == "[::1]:8080");
    CHECK_FALSE(web::parse_listen("db.test:8080"));
    CHECK_FALSE(web::parse_listen("127.0.0.1"));
}

TEST_CASE("a proxy that cannot be made says why, and nothing is made") {
    asking api;
    CHECK(api.says("POST", "/proxies", redis).starts_with("201"));
    CHECK(api.says("POST", "/proxies", redis) == error("proxy already exists", 409));
    CHECK(
        api.says("POST", "/proxies", R"({"listen":"localhost:0","upstream":"h:1"})") ==
        error("missing required field: name", 400));
    CHECK(
        api.says("POST", "/proxies", R"({"name":"x","listen":"localhost:0"})") ==
        error("missing required field: upstream", 400));
    CHECK(
        api.says("POST", "/proxies", R"({"name":"x","listen":"127.0.0.1:9","upstream":"h:1"})") ==
        error("port in use", 500));
    for (const std::string body :
         {"", "{", "[]", "7", R"({"name":1,"upstream":"h:1"})", R"({"name":"x","upstream":"h"})",
          R"({"name":"x","upstream":"h:1","listen":"nonsense"})",
          R"({"name":"x","upstream":"h:1","enabled":"no"})"}) {
        CAPTURE(body);
        CHECK(
            api.says("POST", "/proxies", body).starts_with(R"(400 {"error":"bad request body: )"));
    }
    CHECK(
        api.says("POST", "/proxies/redis", R"({"listen":"127.0.0.1:9"})") ==
        error("port in use", 500));
    CHECK(api.says("GET", "/proxies") == "200 {\"redis\":" + told + "}");
}

TEST_CASE("listeners that are no proxies of Toxiproxy's kind are left out and cannot be reached") {
    asking api;
    CHECK(api.says("POST", "/helloscope/v1/listeners", R"({"name":"connect"})").starts_with("201"));
    CHECK(api.says("GET", "/proxies") == "200 {}");
    for (const std::string name : {"127.0.0.1:8484", "connect"})
        CHECK(api.says("DELETE", "/proxies/" + name) == error("proxy not found", 404));
    CHECK(api.relay.listeners.size() == 2);
}

TEST_CASE("populate makes all or nothing, and leaves alone what is there") {
    asking api;
    CHECK(api.says("POST", "/populate", "[" + redis + "]") == "201 {\"proxies\":[" + told + "]}");
    api.ask("POST", "/proxies/redis/toxics", R"({"type":"latency"})");
    const std::string db = R"({"name":"db","listen":"127.0.0.1:1","upstream":"h:1"})";

    CHECK(
        api.says(
            "POST", "/populate",
            "[" + db + R"(,{"name":"x","upstream":"h:1","listen":"127.0.0.1:9"}])") ==
        error("port in use", 500));
    CHECK(
        api.says("POST", "/populate", "[" + db + R"(,{"name":"x"}])") ==
        error("missing required field: upstream at proxy 2", 400));
    CHECK(
        api.says("POST", "/populate", "[" + db + R"(,{"upstream":"h:1"}])") ==
        error("missing required field: name at proxy 2", 400));
    CHECK(
        api.says("POST", "/populate", "{}") ==
        error("bad request body: an array of proxies is expected, not an object", 400));
    CHECK(api.relay.listeners.size() == 2);

    CHECK(api.says("POST", "/populate", "[" + redis + "," + db + "]").starts_with("201"));
    CHECK(api.relay.faults_of("redis").size() == 1); // it was there with the same addresses
    CHECK(
        api.says(
               "POST", "/populate",
               R"([{"name":"redis","listen":"127.0.0.1:26379","upstream":"h:2"}])")
            .find(R"("toxics":[])") != std::string::npos);
    CHECK(api.relay.faults_of("redis").empty());
}

TEST_CASE("toxics are made, changed and removed as faults of the listener") {
    asking api;
    api.ask("POST", "/proxies", redis);
    CHECK(api.says("GET", "/proxies/redis/toxics") == "200 []");
    const std::string toxic =
        R"({"attributes":{"latency":100,"jitter":0},"name":"latency_downstream",)"
        R"("type":"latency","stream":"downstream","toxicity":1})";
    CHECK(
        api.says(
            "POST", "/proxies/redis/toxics",
            R"({"type":"latency","attributes":{"latency":100}})") == "200 " + toxic);
    CHECK(
        api.says("POST", "/proxies/redis/toxics", R"({"type":"latency"})") ==
        error("toxic already exists", 409));
    CHECK(api.says("GET", "/proxies/redis/toxics/latency_downstream") == "200 " + toxic);
    CHECK(api.says("GET", "/proxies/redis/toxics") == "200 [" + toxic + "]");
    CHECK(
        api.says("GET", "/proxies/redis").find("\"toxics\":[" + toxic + "]") != std::string::npos);
    CHECK(
        api.relay.faults_of("redis") ==
        std::vector<std::string>{"to_client latency:100ms name=latency_downstream"});

    for (const std::string method : {"POST", "PATCH"}) {
        const auto changed = api.says(
            method, "/proxies/redis/toxics/latency_downstream", R"({"attributes":{"jitter":5}})");
        CHECK(changed.find(R"({"latency":100,"jitter":5})") != std::string::npos);
    }
    CHECK(api.relay.faults_of("redis").at(0).find("jitter=5ms") != std::string::npos);
    CHECK(api.says(
                 "POST", "/proxies/redis/toxics/latency_downstream",
                 R"({"attributes":{"jitter":-5}})")
              .starts_with("400"));
    CHECK(api.relay.faults_of("redis").at(0).find("jitter=5ms") != std::string::npos);

    CHECK(api.says("DELETE", "/proxies/redis/toxics/latency_downstream") == "204");
    CHECK(api.relay.faults_of("redis").empty());
    for (const std::string method : {"GET", "POST", "DELETE"})
        CHECK(
            api.says(
                method, "/proxies/redis/toxics/latency_downstream", method == "GET" ? "" : "{}") ==
            error("toxic not found", 404));
    for (const std::string method : {"GET", "POST"})
        CHECK(
            api.says(method, "/proxies/none/toxics", method == "GET" ? "" : "{}") ==
            error("proxy not found", 404));
    CHECK(
        api.says("POST", "/proxies/redis/toxics", R"({"type":"lag"})").find("there is no toxic") !=
        std::string::npos);
    CHECK(api.says("POST", "/proxies/redis/toxics", "{")
              .starts_with(R"(400 {"error":"bad request body: no JSON)"));
}

TEST_CASE("a fault by its text is a toxic if Toxiproxy has such a one") {
    asking api;
    api.ask("POST", "/proxies", redis);
    const std::string faults = "/helloscope/v1/listeners/redis/faults";
    api.ask("POST", faults, R"({"fault":"stall@1460","name":"frozen"})");
    CHECK(api.says("GET", "/proxies/redis/toxics") == "200 []");
    CHECK(api.says("DELETE", "/proxies/redis/toxics/frozen") == error("toxic not found", 404));
    CHECK(
        api.says("POST", "/proxies/redis/toxics", R"({"type":"latency","name":"frozen"})") ==
        error("toxic already exists", 409));

    api.ask("POST", faults, R"({"fault":"to_server limit-data:7","name":"seven"})");
    api.ask("POST", "/proxies/redis/toxics", R"({"type":"timeout"})");
    api.ask("POST", "/proxies/redis/toxics", R"({"type":"timeout","stream":"upstream"})");
    const auto toxics = api.says("GET", "/proxies/redis/toxics");
    CHECK(toxics.starts_with(R"(200 [{"attributes":{"bytes":7},"name":"seven",)"
                             R"("type":"limit_data","stream":"upstream","toxicity":1},)"));
    CHECK(toxics.find("timeout_upstream") < toxics.find("timeout_downstream"));
}

TEST_CASE("reset enables every proxy and takes its toxics away") {
    asking api;
    api.ask("POST", "/proxies", redis);
    api.ask("POST", "/proxies/redis/toxics", R"({"type":"latency"})");
    api.ask("POST", "/proxies/redis", R"({"enabled":false})");
    CHECK(api.says("POST", "/reset") == "204");
    CHECK(api.says("GET", "/proxies/redis") == "200 " + told);
}

TEST_CASE("the version is that of the API, and ours") {
    asking api;
    CHECK(api.says("GET", "/version") == R"(200 {"version":"2.12.0","helloscope":"0.1.0"})");
}
