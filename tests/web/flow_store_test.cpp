#include "flow_store.hpp"

#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

model::event opened(std::uint64_t flow) { return {flow, {}, model::flow_opened{}}; }
model::event stalled(std::uint64_t flow) { return {flow, {}, model::stalled{}}; }

std::vector<std::uint64_t> numbers(const std::vector<model::timeline>& flows) {
    std::vector<std::uint64_t> out;
    for (const auto& one : flows) out.push_back(one.flow);
    return out;
}

} // namespace

TEST_CASE("open flows grow with their events, and what is over stays as it was told") {
    web::flow_store store;
    store.add({0, {}, model::lost{}});
    store.add(opened(1));
    store.add(opened(2));
    store.add(stalled(2));
    CHECK(numbers(store.after(0, 10)) == std::vector<std::uint64_t>{1, 2});
    CHECK(store.find(2)->stalls == 1);
    CHECK_FALSE(store.find(2)->ended);

    auto over = accepted().told();
    over.flow = 2;
    over.stalls = 7;
    store.over(over);
    CHECK(store.find(2)->stalls == 7);
    CHECK(numbers(store.after(1, 10)) == std::vector<std::uint64_t>{2});
    CHECK(numbers(store.after(0, 1)) == std::vector<std::uint64_t>{1});
    CHECK_FALSE(store.find(3));
}

TEST_CASE("of flows that are over the last are kept") {
    web::flow_store store(2);
    store.add(opened(1)); // and stays open
    for (std::uint64_t number = 2; number <= 5; ++number) {
        model::timeline one;
        one.flow = number;
        store.over(one);
    }
    CHECK(numbers(store.after(0, 10)) == std::vector<std::uint64_t>{1, 4, 5});
    store.add(stalled(3)); // an event that comes late makes none anew
    CHECK_FALSE(store.find(3));
}
