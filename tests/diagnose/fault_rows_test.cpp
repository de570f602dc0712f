#include "fault_rows.hpp"

#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;

namespace {

std::string rows_of(const test::flow& flow) {
    page out(100, false);
    add_fault_rows(out, flow.told());
    return out.take();
}

} // namespace

TEST_CASE("a flow that nothing was done to has no row about faults") {
    CHECK(rows_of(test::healthy()).empty());
}

TEST_CASE("what acted and what did not has a row each") {
    auto on = test::asked();
    model::routed way;
    way.faults = {"to_client stall@1460 name=frozen", "latency:5ms", "refuse toxicity=0.5"};
    on.then({}, way);
    on.then({}, model::faulted{{}, "refuse", "", "refuses the connection", 0});
    on.then(
        {}, model::faulted{direction::to_client, "stall@1460", "frozen", "holds everything", 1460});
    CHECK(
        rows_of(on) ==
        "  faults      refuse: refuses the connection\n"
        "              to_client stall@1460 (frozen): holds everything, from byte 1,460\n"
        "              latency:5ms: did not act\n");
}
