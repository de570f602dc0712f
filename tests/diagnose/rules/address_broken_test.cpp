#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("this address fails and another of the name does not") {
    auto f = test::silent_facts();
    f.before = {test::history("address", 0, 2), test::history("name", 3, 2, 1493)};
    const auto found = rules::address_broken(f);
    REQUIRE(found);
    CHECK(found->id == "address-broken");
    CHECK(found->how_sure == certainty::likely);
    f.before.front().failed = 1;
    CHECK(rules::address_broken(f)->how_sure == certainty::suspected);
}

TEST_CASE("an address that worked, one not tried before, or a name that never works tell nothing") {
    auto f = test::silent_facts();
    CHECK(!rules::address_broken(f));
    f.before = {test::history("address", 1, 2), test::history("name", 3, 2, 1493)};
    CHECK(!rules::address_broken(f));
    f.before = {test::history("address", 0, 0), test::history("name", 3, 2, 1493)};
    CHECK(!rules::address_broken(f));
    f.before = {test::history("address", 0, 2), test::history("name", 0, 2)};
    CHECK(!rules::address_broken(f));
}
