#include "toxics.hpp"

#include "support/catch.hpp"

using namespace helloscope;

namespace {

fault::toxic made(const std::string& body) { return web::read_toxic(*web::read(body)).value(); }
std::string error(const std::string& body) {
    const auto got = web::read_toxic(*web::read(body));
    return got ? "" : got.error().message;
}

} // namespace

TEST_CASE("each toxic is a fault of its own") {
    const struct {
        std::string body, fault;
    } rows[] = {
        {R"({"type":"latency","attributes":{"latency":100,"jitter":20}})",
         "to_client latency:100ms,jitter=20ms name=latency_downstream"},
        {R"({"type":"bandwidth","stream":"upstream","attributes":{"rate":64}})",
         "to_server throttle:64kB/s name=bandwidth_upstream"},
        {R"({"type":"slow_close","attributes":{"delay":1500}})",
         "to_client slow-close:1500ms name=slow_close_downstream"},
        {R"({"type":"timeout","attributes":{"timeout":0}})",
         "to_client timeout name=timeout_downstream"},
        {R"({"type":"timeout","attributes":{"timeout":2000}})",
         "to_client timeout:2s name=timeout_downstream"},
        {R"({"type":"reset_peer","name":"rst","attributes":{"timeout":10}})",
         "to_client reset:10ms name=rst"},
        {R"({"type":"slicer","attributes":{"average_size":100,"size_variation":50,"delay":10}})",
         "to_client slice:100,vary=50,pause=10us name=slicer_downstream"},
        {R"({"type":"limit_data","toxicity":0.5,"attributes":{"bytes":1000}})",
         "to_client limit-data:1000 toxicity=0.5 name=limit_data_downstream"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        const auto fault = parse_toxic(made(row.body));
        REQUIRE(fault);
        CHECK(*fault == fault::parse_spec(row.fault).value());
    }
}

TEST_CASE("a toxic is told whole, as Toxiproxy tells it") {
    CHECK(
        web::write(web::to_json(made(R"({"type":"latency"})"))) ==
        R"({"attributes":{"latency":0,"jitter":0},"name":"latency_downstream","type":"latency",)"
        R"("stream":"downstream","toxicity":1})");
}

TEST_CASE("a change says what changes") {
    const auto old = made(R"({"type":"latency","attributes":{"latency":100,"jitter":20}})");
    const auto next = web::change_toxic(
        old, *web::read(R"({"toxicity":0.25,"attributes":{"latency":7}})"));
    REQUIRE(next);
    CHECK(
        web::write(web::to_json(*next)) ==
        R"({"attributes":{"latency":7,"jitter":20},"name":"latency_downstream","type":"latency",)"
        R"("stream":"downstream","toxicity":0.25})");
    // Name, type and stream stay what they were: clients send the whole toxic back.
    const auto same = web::change_toxic(
        old, *web::read(R"({"name":"x","type":"timeout","stream":"upstream"})"));
    REQUIRE(same);
    CHECK(web::to_json(*same) == web::to_json(old));
    CHECK_FALSE(web::change_toxic(old, *web::read(R"({"attributes":{"latency":"7"}})")));
}

TEST_CASE("what is no toxic is refused with what was expected") {
    CHECK(error(R"({"type":"lag"})")
              .starts_with("bad request body: type: there is no toxic \"lag\""));
    CHECK(error(R"({})").starts_with("bad request body: type: "));
    CHECK(error(R"({"type":"latency","stream":"sideways"})")
              .starts_with("bad request body: stream: "));
    CHECK(error("[]") == "bad request body: an object is expected, not an array");
    CHECK(
        error(R"({"type":"latency","attributes":{"latancy":1}})") ==
        "bad request body: attributes: latency has no \"latancy\"; it has latency, jitter");
    CHECK(
        error(R"({"type":"latency","attributes":[]})") ==
        "bad request body: \"attributes\": an object is expected, not an array");
    CHECK(
        error(R"({"type":"latency","toxicity":2})") ==
        "bad request body: \"toxicity\": a number from 0 to 1 is expected, not 2");
    CHECK(error(R"({"type":"slicer"})") != "");
    for (const std::string value : {"-1", "1.5", "\"100\"", "true", "9223372036854775807"}) {
        CAPTURE(value);
        CHECK(error(R"({"type":"latency","attributes":{"latency":)" + value + "}}")
                  .starts_with("bad request body: "));
    }
}

TEST_CASE("faults that no toxic says are left out, and upstream comes first") {
    std::vector<fault::spec> faults;
    for (const auto* text :
         {"to_client latency:1s name=a", "to_server stall@sni name=b", "to_server reset name=c",
          "latency:1s name=both-ways", "to_client throttle:1kB/s name=d"})
        faults.push_back(*fault::parse_spec(text));
    std::vector<std::string> names;
    for (const auto& one : web::toxics_among(faults)) names.push_back(one.name);
    CHECK(names == std::vector<std::string>{"c", "a", "d"});
}
