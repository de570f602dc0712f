#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts silent_for(duration time, bool told) {
    auto on = test::at_parent();
    if (told)
        on.then(time, model::stalled{model::stage::parent, time});
    else
        on.then(time, model::path{});
    return model::make_facts(on.told());
}

} // namespace

TEST_CASE("a parent that has not answered is suspected while the client waits") {
    auto f = silent_for(2s, true);
    f.server_leg.out.acked = 120;
    const auto found = rules::parent_silent(f);
    REQUIRE(found);
    CHECK(found->id == "parent-silent");
    CHECK(found->how_sure == certainty::suspected);
    CHECK(
        found->summary == "The parent proxy http://proxy.corp:3128, asked for a connection to "
                          "releases.bazel.build:443, has not answered for 2.0 s.");
    CHECK(test::value_of(*found, "acknowledged by it") == "120 bytes");
    CHECK(test::has(found->remedies, "--via direct"));
}

TEST_CASE("it is likely when the client left, or the deadline came") {
    const auto left = rules::parent_silent(
        test::ended(silent_for(5s, false), model::leg::client, "fin"));
    REQUIRE(left);
    CHECK(left->how_sure == certainty::likely);
    CHECK(left->summary.ends_with("did not answer within 5.0 s."));

    const auto late = rules::parent_silent(test::answered_by_parent(0, "nothing came", "silent"));
    REQUIRE(late);
    CHECK(late->how_sure == certainty::likely);
}

TEST_CASE("it may be silent to plain HTTP that is passed on as it is") {
    auto f = test::answered_by_parent(0, "", "");
    f.front = "http";
    f.answer = model::answered{
        504, "parent http://proxy.corp:3128 did not answer within 30 s",
        "helloscope; error=http_response_timeout"};
    const auto found = rules::parent_silent(f);
    REQUIRE(found);
    CHECK(found->how_sure == certainty::likely);
    CHECK(found->summary == "The parent http://proxy.corp:3128 did not answer within 30 s.");
    f.parents = {"socks5h://proxy.corp:1080"}; // it is the server that is silent
    CHECK(!rules::parent_silent(f));
    CHECK(rules::http_unanswered(f));
}

TEST_CASE("of a chain the one is named that owes the answer") {
    auto on = test::routed({test::proxy, "socks5h://far.corp:1080"});
    test::reach_parent(on);
    on.then(2ms, model::parent_answered{test::proxy, 200, "OK", 2ms, ""});
    on.then(2s, model::stalled{model::stage::parent, 2s});
    const auto found = rules::parent_silent(model::make_facts(on.told()));
    REQUIRE(found);
    CHECK(
        found->summary.find("socks5h://far.corp:1080, asked for a connection to "
                            "releases.bazel.build:443") != std::string::npos);
}

TEST_CASE("a parent that answered, or has had no time, is not silent") {
    CHECK(!rules::parent_silent(silent_for(5s, false)));
    CHECK(!rules::parent_silent(test::ended(silent_for(900ms, false), model::leg::client, "fin")));
    CHECK(!rules::parent_silent(test::answered_by_parent(403, "Forbidden", "refused")));
    auto on = test::through_parent();
    on.then(5s, model::stalled{model::stage::hello, 5s});
    CHECK(!rules::parent_silent(model::make_facts(on.told())));
    CHECK(!rules::parent_silent(test::silent_facts()));
}
