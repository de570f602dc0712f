#include "told_flows.hpp"

#include "support/catch.hpp"

#include <future>

using namespace helloscope;
using namespace std::chrono_literals;

namespace {

constexpr auto at_once = std::chrono::steady_clock::time_point::min();
std::chrono::steady_clock::time_point soon() { return std::chrono::steady_clock::now() + 20s; }

struct telling {
    relay::told_flows told;
    relay::onlookers ears = told.ears();

    void open(std::uint64_t number) { ears.event({number, {}, model::flow_opened{}}); }
    void end(std::uint64_t number) {
        ears.event({number, {}, model::flow_closed{}});
        model::timeline story;
        story.flow = number;
        ears.flow(std::move(story));
    }
};

} // namespace

TEST_CASE("flows are handed out once: who waits gets the first that ended") {
    telling to;
    for (const auto number : {1, 2, 3}) to.open(static_cast<std::uint64_t>(number));
    CHECK_FALSE(to.told.take(at_once));
    to.end(3);
    to.end(2);
    to.end(1);
    const auto first = to.told.take(at_once);
    REQUIRE(first);
    CHECK(first->number == 3);
    CHECK(first->events.size() == 2);
    const auto rest = to.told.take_all();
    REQUIRE(rest.size() == 2);
    CHECK(rest[0].number == 1);
    CHECK(rest[1].number == 2);
    CHECK(to.told.take_all().empty());
}

TEST_CASE("who waits for a flow gets it when it ends, and nothing when all is stopped") {
    telling to;
    auto waiting = std::async(std::launch::async, [&] { return to.told.take(soon()); });
    to.open(1);
    to.end(1);
    CHECK(waiting.get());
    auto in_vain = std::async(std::launch::async, [&] { return to.told.take(soon()); });
    to.told.stop();
    CHECK_FALSE(in_vain.get());
    to.open(2);
    to.end(2);
    CHECK_FALSE(to.told.take(soon()));
    CHECK(to.told.take_all().size() == 1);
}

TEST_CASE("waiting for all ends with the last flow, or with patience") {
    telling to;
    to.open(1);
    to.open(2);
    to.end(1);
    to.told.wait_for_all([] { return 2; }, at_once);
    auto all = std::async(
        std::launch::async, [&] { to.told.wait_for_all([] { return 2; }, soon()); });
    to.end(2);
    all.get();
    CHECK(to.told.take_all().size() == 2);
}

TEST_CASE("flows that were open when events were lost are not complete") {
    telling to;
    to.open(1);
    to.end(1);
    to.open(2);
    to.ears.event({0, {}, model::lost{3, 0, "queue full"}});
    to.end(2);
    to.open(3);
    to.end(3);
    to.end(4); // all of its events were among the lost
    const auto all = to.told.take_all();
    REQUIRE(all.size() == 4);
    CHECK(all[0].complete);
    CHECK_FALSE(all[1].complete);
    CHECK(all[2].complete);
    CHECK_FALSE(all[3].complete);
}
