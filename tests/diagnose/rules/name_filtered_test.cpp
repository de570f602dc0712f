#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("an address answers other names with hellos as large, and never this one") {
    auto f = test::silent_facts();
    f.before = {test::history("address", 4, 1, 1493), test::history("name", 0, 1)};
    const auto found = rules::name_filtered(f);
    REQUIRE(found);
    CHECK(found->id == "name-filtered");
    CHECK(found->how_sure == certainty::likely);
    f.before.pop_back();
    CHECK(rules::name_filtered(f)->how_sure == certainty::suspected);
}

TEST_CASE("a name that works, smaller hellos, or an address that never does tell nothing") {
    auto f = test::silent_facts();
    CHECK(!rules::name_filtered(f));
    f.before = {test::history("address", 4, 1, 300)};
    CHECK(!rules::name_filtered(f));
    f.before = {test::history("address", 0, 3)};
    CHECK(!rules::name_filtered(f));
    f.before = {test::history("address", 4, 1, 1493), test::history("name", 1, 1)};
    CHECK(!rules::name_filtered(f));
}

TEST_CASE("the same hello passes as soon as it is cut in the name") {
    auto f = test::ended(test::silent_facts(), model::leg::server, "rst");
    test::tested(f, "whole", "rst");
    CHECK(!rules::name_filtered(f));
    const auto found = rules::name_filtered(test::tested(f, "split:midsni", "answered"));
    REQUIRE(found);
    CHECK(found->how_sure == certainty::likely);
    CHECK(found->others == std::vector<std::string>{"hello-content-refused"});
    CHECK(test::has(found->remedies, "helloscope run --shape split:midsni"));
    auto elsewhere = test::ended(test::silent_facts(), model::leg::server, "rst");
    test::tested(elsewhere, "whole", "rst");
    CHECK(!rules::name_filtered(test::tested(elsewhere, "split:747", "answered")));
    auto whole_too = test::ended(test::silent_facts(), model::leg::server, "rst");
    test::tested(whole_too, "whole", "answered");
    CHECK(!rules::name_filtered(test::tested(whole_too, "split:midsni", "answered")));
}
