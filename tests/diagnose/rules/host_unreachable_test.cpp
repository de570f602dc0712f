#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts unreachable_by(const std::string& error) {
    auto f = test::asked_facts();
    f.at = model::stage::connect;
    f.attempts = {{test::far_side, false, 3070ms, 3, error, ""}};
    return f;
}

} // namespace

TEST_CASE("an unreachable host is named with who said so") {
    auto f = unreachable_by("EHOSTUNREACH");
    f.attempts[0].reported_by = "198.51.100.1";
    const auto found = rules::host_unreachable(f);
    REQUIRE(found);
    CHECK(found->id == "host-unreachable");
    CHECK(found->summary == "There is no way to 192.0.2.10:443: 198.51.100.1 says EHOSTUNREACH.");
    CHECK(found->remedies.at(0).command == "ip route get 192.0.2.10");
}

TEST_CASE("an address that refuses can be reached") {
    CHECK(!rules::host_unreachable(unreachable_by("ECONNREFUSED")));
}

TEST_CASE("a parent without a route says nothing of the server") {
    auto f = unreachable_by("EHOSTUNREACH");
    f.parents = {test::proxy};
    CHECK(!rules::host_unreachable(f));
}
