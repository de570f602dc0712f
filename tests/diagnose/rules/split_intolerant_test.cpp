#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a small hello is answered whole and not in two pieces") {
    auto f = test::silent_facts();
    test::tested(f, "without-post-quantum", "answered");
    CHECK(!rules::split_intolerant(f));
    test::tested(f, "without-post-quantum|split:100", "silent");
    const auto found = rules::split_intolerant(f);
    REQUIRE(found);
    CHECK(found->id == "split-intolerant");
    CHECK(found->how_sure == certainty::confirmed);
}

TEST_CASE("pieces that are answered, too, or a small hello that is not, say otherwise") {
    auto both = test::silent_facts();
    test::tested(both, "without-post-quantum", "answered");
    CHECK(
        !rules::split_intolerant(test::tested(both, "without-post-quantum|split:100", "answered")));
    auto neither = test::silent_facts();
    test::tested(neither, "without-post-quantum", "silent");
    CHECK(!rules::split_intolerant(
        test::tested(neither, "without-post-quantum|split:100", "silent")));
}

TEST_CASE("a server that says decode_error of what it has not read whole") {
    auto f = test::silent_facts();
    f.server_alert = model::alert{direction::to_client, 2, 50};
    test::tested(f, "without-post-quantum", "answered");
    CHECK(rules::split_intolerant(test::tested(f, "without-post-quantum|split:100", "alert")));
}

TEST_CASE("a piece that never arrives is lost on the way, and no matter of the server's") {
    auto f = test::silent_facts();
    f.server_leg.out.all_acked = false;
    test::tested(f, "without-post-quantum", "answered");
    CHECK(!rules::split_intolerant(test::tested(f, "without-post-quantum|split:100", "silent")));
}
