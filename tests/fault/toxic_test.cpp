#include "helloscope/fault/toxic.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::fault;

namespace {

toxic made(std::string type, std::vector<toxic::attribute> attributes = {}) {
    toxic one;
    one.type = std::move(type);
    one.attributes = std::move(attributes);
    return one;
}

} // namespace

TEST_CASE("each toxic is a fault, and the same toxic again") {
    struct row {
        toxic given;
        std::string_view fault;
    };
    const row rows[] = {
        {made("latency", {{"latency", 1000}, {"jitter", 20}}), "latency:1s,jitter=20ms"},
        {made("bandwidth", {{"rate", 64}}), "throttle:64kB/s"},
        {made("slow_close", {{"delay", 250}}), "slow-close:250ms"},
        {made("timeout", {{"timeout", 2000}}), "timeout:2s"},
        {made("reset_peer", {{"timeout", 100}}), "reset:100ms"},
        {made("slicer", {{"average_size", 100}, {"size_variation", 20}, {"delay", 10}}),
         "slice:100,vary=20,pause=10us"},
        {made("limit_data", {{"bytes", 1000}}), "limit-data:1000"},
    };
    for (const auto& [given, text] : rows) {
        const auto fault = parse_toxic(given);
        REQUIRE(fault);
        CHECK(short_text(*fault) == text);
        CHECK(to_string(*fault) == "to_client " + std::string(text) + " name=" + fault->name);
        CHECK(parse_spec(to_string(*fault)) == *fault);
        auto again = given;
        again.name = given.type + "_downstream";
        CHECK(to_toxic(*fault) == again);
    }
}

TEST_CASE("name, stream and toxicity are kept") {
    auto given = made("timeout", {{"timeout", 0}});
    given.name = "my toxic";
    given.stream = "upstream";
    given.toxicity = 0.25;
    const auto fault = parse_toxic(given);
    REQUIRE(fault);
    CHECK(to_string(*fault) == "to_server timeout toxicity=0.25 name=\"my toxic\"");
    CHECK(to_toxic(*fault) == given);
}

TEST_CASE("attributes that are left out are 0") {
    CHECK(short_text(*parse_toxic(made("latency"))) == "latency:0s");
    CHECK(short_text(*parse_toxic(made("reset_peer"))) == "reset");
    CHECK(short_text(*parse_toxic(made("bandwidth"))) == "throttle:0/s");
}

TEST_CASE("what is no toxic is told field by field") {
    auto stream = made("timeout");
    stream.stream = "sideways";
    auto toxicity = made("timeout");
    toxicity.toxicity = 1.5;
    const std::pair<toxic, std::string_view> rows[] = {
        {made("cosmic_rays"), "type: there is no toxic \"cosmic_rays\"; there are latency, "},
        {stream, "stream: \"sideways\" is neither upstream nor downstream"},
        {toxicity, "toxicity: 1.5 is not from 0 to 1"},
        {made("latency", {{"delay", 3}}),
         "attributes: latency has no \"delay\"; it has latency, jitter"},
        {made("latency", {{"latency", -1}}), "attributes: latency: -1 is not from 0 to 86400000"},
        {made("latency", {{"latency", 1LL << 62}}), "is not from 0 to 86400000"},
        {made("slicer"), "attributes: average_size: 0 is not from 1 to"},
    };
    for (const auto& [given, expected] : rows) {
        const auto got = parse_toxic(given);
        REQUIRE_FALSE(got);
        INFO(got.error().message);
        CHECK(got.error().message.find(expected) != std::string::npos);
    }
}

TEST_CASE("what Toxiproxy cannot say is no toxic") {
    for (const auto* const text : {"to_client stall", "latency:1s", "to_client reset@server_hello"})
        CHECK_FALSE(to_toxic(*parse_spec(text)));
}
