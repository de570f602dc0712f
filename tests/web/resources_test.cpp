#include "resources.hpp"

#include "fake_relay.hpp"
#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

const std::string base = "/helloscope/v1";

std::string error(std::string why, int status) {
    return std::to_string(status) + R"( {"error":")" + why + R"(","status":)" +
           std::to_string(status) + "}";
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

} // namespace

TEST_CASE("the index lists what there is") {
    asking api;
    const auto index = api.says("GET", base);
    CHECK(has(index, R"("helloscope":"0.1.0")"));
    CHECK(has(index, "GET /helloscope/v1/flows/{}"));
}

TEST_CASE("listeners of both kinds are made, changed and removed") {
    asking api;
    CHECK(has(api.says("GET", base + "/listeners"), R"("name":"127.0.0.1:8484","how":"proxy")"));
    CHECK(
        api.says(
            "POST", base + "/listeners", R"({"name":"p","faults":["stall name=f","reset"]})") ==
        R"(201 {"name":"p","how":"proxy","listen":"127.0.0.1:40000","open":true,"given":false,)"
        R"("faults":[{"name":"f","fault":"stall name=f"},)"
        R"({"name":"reset","fault":"reset name=reset"}]})");
    const auto reverse = api.says(
        "POST", base + "/listeners", R"({"name":"r","target":"h:1","listen":"[::1]:7"})");
    CHECK(has(reverse, R"("how":"reverse","listen":"[::1]:7","target":"h:1")"));
    CHECK(api.says("POST", base + "/listeners", R"({"name":"r"})") == error("taken", 409));

    CHECK(has(api.says("PATCH", base + "/listeners/r", R"({"open":false})"), R"("open":false)"));
    CHECK(has(api.says("PATCH", base + "/listeners/p", R"({"faults":[]})"), R"("faults":[])"));
    CHECK(api.says("DELETE", base + "/listeners/r") == "204");
    CHECK(api.says("GET", base + "/listeners/r") == error("no listener", 404));
    CHECK(api.says("PATCH", base + "/listeners/r", "{}") == error("no listener", 404));
    for (const std::string body :
         {"{", "[]", R"({"name":"x","lisen":"127.0.0.1:0"})",
          R"({"name":"x","faults":["nonsense"]})", R"({"name":"x","faults":["stall","stall"]})",
          R"({"name":"x","target":"h"})", R"({"name":"x","listen":"h"})"}) {
        CAPTURE(body);
        CHECK(api.says("POST", base + "/listeners", body)
                  .starts_with(R"(400 {"error":"bad request body: )"));
    }
    CHECK(api.relay.listeners.size() == 2);
}

TEST_CASE("faults of any listener come and go by their text") {
    asking api;
    const auto faults = base + "/listeners/127.0.0.1:8484/faults";
    CHECK(
        api.says("POST", faults, R"({"fault":"to_client throttle:64KiB/s"})") ==
        R"(201 {"name":"to_client throttle:64KiB/s",)"
        R"("fault":"to_client throttle:64KiB/s name=\"to_client throttle:64KiB/s\""})");
    CHECK(api.says("POST", faults, R"({"fault":"to_client throttle:64KiB/s"})").starts_with("409"));
    CHECK(api.says("GET", faults + "/to_client%20throttle:64KiB%2Fs").starts_with("200"));
    CHECK(api.says("DELETE", faults + "/to_client%20throttle:64KiB%2Fs") == "204");
    CHECK(api.says("GET", faults) == R"(200 {"faults":[]})");

    CHECK(
        api.says("PUT", faults + "/f", R"({"fault":"stall@1460"})") ==
        R"(200 {"name":"f","fault":"stall@1460 name=f"})");
    CHECK(
        api.says("PUT", faults + "/f", R"({"fault":"reset@sni"})") ==
        R"(200 {"name":"f","fault":"reset@sni name=f"})");
    CHECK(api.relay.faults_of("127.0.0.1:8484").size() == 1);
    CHECK(api.says("GET", faults + "/g").starts_with("404"));
    CHECK(api.says("DELETE", faults + "/g").starts_with("404"));
    CHECK(api.says("GET", base + "/listeners/none/faults").starts_with("404"));
    const auto wrong = api.says("POST", faults, R"({"fault":"stal@1460"})");
    CHECK(wrong.starts_with("400"));
    CHECK(has(wrong, "there is no fault"));
    CHECK(api.says("POST", faults, R"({"fautl":"stall"})").starts_with("400"));
    CHECK(api.relay.faults_of("127.0.0.1:8484").size() == 1);
}

TEST_CASE("routes are exchanged whole or not at all") {
    asking api;
    CHECK(api.says("GET", base + "/routes") == R"(200 {"routes":[]})");
    const std::string routes =
        R"({"routes":[{"host":"*.test","port":"443","fault":["stall@1460"]}]})";
    CHECK(api.says("PUT", base + "/routes", routes) == "200 " + routes);
    CHECK(api.says("GET", base + "/routes") == "200 " + routes);
    const auto wrong = api.says(
        "PUT", base + "/routes", R"([{"host":"a.test"},{"hots":"b.test"}])");
    CHECK(wrong.starts_with("400"));
    CHECK(has(wrong, "route 2: "));
    CHECK(api.says("PUT", base + "/routes", "{").starts_with("400"));
    CHECK(api.says("GET", base + "/routes") == "200 " + routes);
    CHECK(api.says("PUT", base + "/routes", "[]") == R"(200 {"routes":[]})");
}

TEST_CASE("flows are listed from a number on, and told one by one") {
    asking api;
    for (std::uint64_t number = 1; number <= 3; ++number) {
        auto one = accepted().told();
        one.flow = number;
        api.flows.over(one);
    }
    CHECK(has(api.says("GET", base + "/flows"), R"("flow":3)"));
    const auto some = api.says("GET", base + "/flows?after=1&limit=1");
    CHECK(has(some, R"("flow":2)"));
    CHECK_FALSE(has(some, R"("flow":3)"));
    CHECK(has(api.says("GET", base + "/flows/2"), R"("client":"127.0.0.1:52114")"));
    CHECK(api.says("GET", base + "/flows/4").starts_with("404"));
    CHECK(api.says("GET", base + "/flows/x").starts_with("404"));
    CHECK(
        api.says("GET", base + "/flows?after=x") ==
        error("after=x: a whole number is expected", 400));
}

TEST_CASE("the events are followed") {
    asking api;
    CHECK(api.ask("GET", base + "/events").follows);
}
