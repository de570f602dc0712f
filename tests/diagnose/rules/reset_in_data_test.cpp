#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a reset inside a record, or instead of an answer") {
    auto f = test::ended(test::healthy_facts(), model::leg::server, "rst");
    f.server_cut = model::record{direction::to_client, 23, 0x0303, 16401, 0, {}, true, 100};
    const auto cut = rules::reset_in_data(f);
    REQUIRE(cut);
    CHECK(cut->id == "reset-in-data");
    CHECK(test::value_of(*cut, "of it received") == "100 bytes");
    auto asked = test::ended(test::still_in_data(), model::leg::server, "rst");
    CHECK(rules::reset_in_data(asked)->id == "reset-in-data");
}

TEST_CASE("a close inside a record has a name of its own") {
    auto f = test::ended(test::healthy_facts(), model::leg::server, "fin");
    CHECK(!rules::reset_in_data(f));
    f.server_cut = model::record{direction::to_client, 23, 0x0303, 16401, 0, {}, true, 100};
    CHECK(rules::reset_in_data(f)->id == "closed-in-data");
}

TEST_CASE("a reset behind the last answer, or behind the client's farewell, is how many end") {
    CHECK(!rules::reset_in_data(test::ended(test::healthy_facts(), model::leg::server, "rst")));
    auto said = test::ended(test::still_in_data(), model::leg::server, "rst");
    said.client_last_encrypted = 19; // close_notify
    CHECK(!rules::reset_in_data(said));
    CHECK(!rules::reset_in_data(test::ended(test::still_in_data(), model::leg::client, "rst")));
}
