#include "rules.hpp"

#include "diagnose/known.hpp"
#include "helloscope/diagnose/diagnose.hpp"
#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

const model::faulted stall{direction::to_client, "stall@1460", "", "holds back everything", 1460};
const model::faulted slow{direction::to_client, "latency:3s", "", "delays by 3 s", 0};

std::optional<verdict> of(const test::flow& flow) {
    return diagnose::diagnose(make_facts(flow.told()));
}

} // namespace

TEST_CASE("a stalled flow that we stall is our doing, and nobody else's") {
    auto on = test::greeted();
    on.then({}, stall).then(2s, model::stalled{model::stage::server_flight, 2s});
    on.then({}, model::path{model::leg::server, test::sample(1493, 1493)});
    const auto got = of(on);
    REQUIRE(got);
    CHECK(got->id == "fault-injected");
    CHECK(got->how_sure == certainty::confirmed);
    CHECK(got->summary == "helloscope broke this flow on purpose: fault to_client stall@1460.");
    CHECK(test::value_of(*got, "to_client stall@1460") == "holds back everything, from byte 1,460");
    CHECK(got->notes.empty());
    CHECK(got->others.empty());
}

TEST_CASE("a toxic is told by its name") {
    auto named = stall;
    named.name = "stall_downstream";
    auto on = test::greeted();
    on.then({}, named);
    const auto got = of(on);
    REQUIRE(got);
    CHECK(
        got->summary ==
        "helloscope broke this flow on purpose: fault to_client stall@1460 (stall_downstream).");
}

TEST_CASE("a connection that we refuse") {
    auto on = test::asked();
    on.then({}, model::faulted{{}, "refuse", "", "refuses the connection", 0});
    on.then({}, model::answered{502, "refused on purpose", ""});
    const auto got = of(on);
    REQUIRE(got);
    CHECK(got->id == "fault-injected");
    CHECK(test::value_of(*got, "refuse") == "refuses the connection");
}

TEST_CASE("a delay that harmed nothing is no verdict") {
    auto on = test::greeted();
    on.then({}, slow);
    test::finish_tls13(test::answer_tls13(on));
    CHECK_FALSE(of(test::end(on, model::leg::client)));
}

TEST_CASE("a delay that somebody did not wait for is one") {
    for (const auto* const text : {"latency:30s", "stall:30s@1", "jitter:9s", "throttle:1/s"}) {
        auto late = slow;
        late.fault = text;
        auto on = test::greeted();
        on.then({}, late).then(10s, model::stalled{model::stage::server_flight, 10s});
        const auto got = of(test::end(on, model::leg::client));
        REQUIRE(got);
        CHECK(got->id == "fault-injected");
    }
}

TEST_CASE("near miss: faults that were asked for and did not act") {
    auto on = test::silent();
    const auto got = of(on);
    REQUIRE(got);
    CHECK(got->id == "server-silent");
}
