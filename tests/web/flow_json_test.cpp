#include "flow_json.hpp"

#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("a flow is told by what was asked for and how it stands") {
    auto flow = accepted().told();
    auto told = web::flow_summary(flow);
    CHECK(told.at("open").as_bool());
    CHECK(told.at("listener").as_string() == "127.0.0.1:8484");
    CHECK(told.at("stage").as_string() == "front");
    for (const auto* name : {"front", "target", "sni", "verdict", "route", "faulted", "took"}) {
        CAPTURE(name);
        CHECK_FALSE(told.contains(name));
    }
    flow.front = "connect";
    flow.target = {"registry.test", 443};
    flow.client_hello = std::make_shared<wire::tls::client_hello>(go_hello());
    flow.server_hello = std::make_shared<wire::tls::server_hello>(tls13_answer());
    flow.ended = model::flow_closed{model::stage::data, std::chrono::milliseconds(1500), 3, 4};
    told = web::flow_summary(flow);
    CHECK_FALSE(told.at("open").as_bool());
    CHECK(told.at("target").as_string() == "registry.test:443");
    CHECK(told.at("sni").as_string() == "releases.bazel.build");
    CHECK(told.at("tls_version").as_string() == "TLS 1.3");
    CHECK(told.at("cipher_suite").as_string() == "TLS_AES_128_GCM_SHA256");
    CHECK(told.at("took").as_double() == 1.5);
}

TEST_CASE("what was done to a flow on purpose is told") {
    auto flow = accepted().told();
    flow.route = model::routed{};
    flow.route->route = "slow";
    flow.route->shape = "split:sni";
    flow.route->faults = {"to_server stall@1460"};
    flow.route->heals = true;
    model::faulted acted;
    acted.fault = "stall@1460";
    flow.beside.push_back(acted);
    acted.name = "frozen";
    flow.beside.push_back(acted);
    model::healed healed;
    healed.attempt = 2;
    healed.shape = "mss:1360";
    flow.beside.push_back(healed);
    const auto told = web::write(web::flow_summary(flow));
    CHECK(
        told.find(R"("route":"slow","shape":"split:sni","faults":["to_server stall@1460"],)"
                  R"("heals":true)") != std::string::npos);
    CHECK(
        told.find(R"("faulted":["stall@1460","frozen: stall@1460"],"healed_by":"mss:1360")") !=
        std::string::npos);
}

TEST_CASE("details hold the whole verdict and what was told beside") {
    auto flow = accepted().told();
    model::verdict verdict;
    verdict.id = "server-silent";
    verdict.summary = "It is silent.";
    verdict.facts = {{"bytes_acked", "1493"}};
    flow.concluded = std::make_shared<model::verdict>(verdict);
    flow.beside.push_back(model::clamped{model::leg::server, "mss:1360", 1360, 1348});
    const auto told = web::flow_details(flow);
    CHECK(told.at("verdict").at("id").as_string() == "server-silent");
    CHECK(web::write(told.at("verdict")).find("1493") != std::string::npos);
    CHECK(told.at("beside").at(0).at("asked").as_string() == "mss:1360");
    CHECK_FALSE(told.at("report").as_string().empty());
    CHECK(web::flow_summary(flow).at("verdict").at("certainty").as_string() == "suspected");
}
