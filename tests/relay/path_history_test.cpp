#include "path_history.hpp"

#include "support/catch.hpp"
#include "support/flows.hpp"

#include <algorithm>

using namespace helloscope;
using namespace std::chrono_literals;

namespace {

model::timeline failed(model::timeline flow, std::string id) {
    model::verdict verdict;
    verdict.id = std::move(id);
    flow.concluded = std::make_shared<const model::verdict>(std::move(verdict));
    return flow;
}

const model::seen_before* find(const std::vector<model::seen_before>& all, std::string_view scope) {
    const auto found = std::ranges::find(all, scope, &model::seen_before::scope);
    return found == all.end() ? nullptr : &*found;
}

} // namespace

TEST_CASE("what flows saw is known by address, name and network") {
    relay::path_history history;
    CHECK(history.of(test::healthy().told()).empty());
    history.add(test::healthy().told());
    history.add(failed(test::silent().told(), "server-silent"));
    const auto all = history.of(test::silent().told());
    REQUIRE(all.size() == 3);
    const auto* name = find(all, "name");
    REQUIRE(name);
    CHECK(name->of == "releases.bazel.build:443");
    CHECK(name->succeeded == 1);
    CHECK(name->failed == 1);
    CHECK(name->largest_hello_answered == 1493u);
    CHECK(name->smallest_hello_unanswered == 1493u);
    CHECK(name->last_verdict == "server-silent");
    CHECK(find(all, "address")->of == "192.0.2.10:443");
    CHECK(find(all, "network")->of == "192.0.2.0/24");
}

TEST_CASE("behind a parent the parent counts, and not its address") {
    relay::path_history history;
    auto on = test::through_parent();
    test::finish_tls13(test::answer_tls13(test::greet(on, test::small_hello())));
    history.add(test::end(on, model::leg::client).told());
    const auto all = history.of(on.told());
    REQUIRE(all.size() == 2);
    CHECK(find(all, "parent")->of == test::proxy);
    CHECK(find(all, "address") == nullptr);
}

TEST_CASE("a flow without a hello, or one that just left, tells nothing") {
    relay::path_history history;
    auto tunnel = test::dialed();
    history.add(test::end(tunnel, model::leg::client).told());
    auto left = test::greeted();
    history.add(test::end(left, model::leg::client).told());
    CHECK(history.of(test::healthy().told()).empty());
}

TEST_CASE("what is older than ten minutes is forgotten") {
    relay::path_history history;
    history.add(test::healthy().told());
    auto later = test::silent().told();
    later.latest += 11min;
    CHECK(history.of(later).empty());
    history.add(failed(later, "server-silent"));
    const auto all = history.of(later);
    CHECK(find(all, "name")->succeeded == 0);
    CHECK(find(all, "name")->failed == 1);
}

TEST_CASE("the places are bounded") {
    relay::path_history history;
    auto flow = test::healthy().told();
    for (unsigned i = 0; i < 6'000; ++i) {
        flow.target.host = "host" + std::to_string(i) + ".test";
        flow.latest += 1ms;
        history.add(flow);
    }
    CHECK(find(history.of(flow), "name"));
    flow.target.host = "host0.test";
    CHECK(!find(history.of(flow), "name"));
}
