#include "open_flows.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::trace;

namespace {

std::string told(const open_flow& flow) {
    std::string out;
    for (const auto& one : flow.told.all()) {
        const auto text = one.rest.substr(one.rest.find(',') + 1);
        out += std::string(one.name) + ":" + std::string(text) + " ";
    }
    return out;
}

void keep(open_flow& flow, const model::happening& what, std::string_view fields) {
    const auto json = R"({"event":"any","flow":1,"t":1700000000.000005,)" + std::string(fields);
    flow.told.keep(what, json);
}

} // namespace

TEST_CASE("a flow is told again in the order in which flows begin, the last of each kind") {
    open_flow flow;
    keep(flow, model::flow_opened{}, "a}");
    keep(flow, model::connected{}, "b}");
    keep(flow, model::requested{}, "c}");
    keep(flow, model::record{}, "d}");
    keep(flow, model::answered{}, "e}");
    CHECK(told(flow) == "flow_opened:a} requested:c} connected:b} answered:e} ");
    keep(flow, model::connected{}, "elsewhere}");
    keep(flow, model::parent_answered{}, "f}");
    keep(flow, model::routed{}, "g}");
    CHECK(
        told(flow) == "flow_opened:a} requested:c} routed:g} connected:elsewhere} "
                      "parent_answered:f} answered:e} ");
    CHECK(flow.told.all()[0].time == timestamp(std::chrono::microseconds(1'700'000'000'000'005)));
    CHECK(flow.told.all()[0].rest == R"("t":1700000000.000005,a})");
}

TEST_CASE("a flow that opens has nothing of one that ended") {
    open_flows flows;
    flows.open(1);
    auto& first = *flows.find(1);
    keep(first, model::flow_opened{}, "a}");
    first.comment = "a verdict";
    first.legs[0].emplace(model::leg::client, wire::packet::synthetic_stream({}, {}));
    flows.close(1);
    CHECK(flows.find(1) == nullptr);
    CHECK(flows.begin() == flows.end());

    for (const std::uint64_t id : {2, 2}) { // the second time anew
        flows.open(id);
        auto& next = *flows.find(id);
        CHECK(told(next).empty());
        CHECK(next.comment.empty());
        CHECK_FALSE(next.legs[0]);
        keep(next, model::answered{}, "b}");
        CHECK(told(next) == "answered:b} ");
    }
}

TEST_CASE("flows whose end was lost are forgotten, the oldest first") {
    open_flows flows;
    for (std::uint64_t id = 1; id <= open_flows::most + 2; ++id) flows.open(id);
    CHECK(flows.find(2) == nullptr);
    CHECK(flows.begin()->first == 3);
    CHECK(flows.find(open_flows::most + 2) != nullptr);
}
