#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

const auto v6 = *parse_endpoint("[2001:db8::1]:443");

facts v6_fails() {
    auto f = test::ended(test::silent_facts(), model::leg::client, "fin");
    f.attempts = {{v6, false, 6s, 4, "timeout", ""}, {test::far_side, true, 1ms, 0, "", ""}};
    f.connect_took = 6s;
    f.lasted = 10s;
    return f;
}

} // namespace

TEST_CASE("IPv6 never answers, IPv4 does, and that cost the client's patience") {
    const auto found = rules::address_family_broken(v6_fails());
    REQUIRE(found);
    CHECK(found->id == "address-family-broken");
    CHECK(found->summary.starts_with("IPv4 works for releases.bazel.build and IPv6 does not"));
}

TEST_CASE("a family that answers in part, that cost little, or a flow that went well") {
    auto part = v6_fails();
    part.attempts.push_back({v6, false, 1ms, 0, "ECONNREFUSED", ""});
    CHECK(!rules::address_family_broken(part));
    auto cheap = v6_fails();
    cheap.connect_took = 300ms;
    CHECK(!rules::address_family_broken(cheap));
    auto well = v6_fails();
    well.established = true;
    CHECK(!rules::address_family_broken(well));
}
