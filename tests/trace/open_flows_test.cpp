#include "open_flows.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::trace;

namespace {

std::string told(const open_flow& flow) { return std::string(as_text(flow.told.blocks())); }

void keep(open_flow& flow, const model::happening& what, std::string_view block) {
    flow.told.keep(what, as_bytes(block));
}

} // namespace

TEST_CASE("a flow is told again in the order in which flows begin, the last of each kind") {
    open_flow flow;
    keep(flow, model::flow_opened{}, "opened ");
    keep(flow, model::connected{}, "connected ");
    keep(flow, model::requested{}, "requested ");
    keep(flow, model::record{}, "record ");
    keep(flow, model::answered{}, "answered ");
    CHECK(told(flow) == "opened requested connected answered ");
    keep(flow, model::connected{}, "connected elsewhere ");
    keep(flow, model::parent_answered{}, "parent ");
    keep(flow, model::routed{}, "routed ");
    CHECK(told(flow) == "opened requested routed connected elsewhere parent answered ");
}

TEST_CASE("a flow that opens has nothing of one that ended") {
    open_flows flows;
    flows.open(1);
    auto& first = *flows.find(1);
    keep(first, model::flow_opened{}, "opened ");
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
        keep(next, model::answered{}, "answered ");
        CHECK(told(next) == "answered ");
    }
}

TEST_CASE("flows whose end was lost are forgotten, the oldest first") {
    open_flows flows;
    for (std::uint64_t id = 1; id <= open_flows::most + 2; ++id) flows.open(id);
    CHECK(flows.find(2) == nullptr);
    CHECK(flows.begin()->first == 3);
    CHECK(flows.find(open_flows::most + 2) != nullptr);
}
