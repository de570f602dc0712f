#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a parent that refuses is quoted") {
    const auto found = rules::parent_refused(
        test::answered_by_parent(403, "Forbidden by policy", "refused"));
    REQUIRE(found);
    CHECK(found->id == "parent-refused");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(
        found->summary == "The parent proxy http://proxy.corp:3128 refused to connect to "
                          "releases.bazel.build:443: 403 Forbidden by policy.");
    CHECK(test::value_of(*found, "its answer") == "403 Forbidden by policy after 3.0 ms");
    CHECK(found->remedies.at(0).who == "network");
    CHECK(test::has(found->remedies, "export NO_PROXY=\"$NO_PROXY\",releases.bazel.build"));
}

TEST_CASE("a parent that could not reach the server itself says so") {
    struct row {
        std::uint16_t status;
        std::string parent;
        bool itself;
    };
    const std::string socks = "socks5h://proxy.corp:1080";
    const row rows[] = {
        {502, test::proxy, true},  {503, test::proxy, true},  {504, test::proxy, true},
        {500, test::proxy, false}, {405, test::proxy, false}, {1, socks, false},
        {2, socks, false},         {3, socks, true},          {4, socks, true},
        {5, socks, true},          {6, socks, true},          {7, socks, false},
        {8, socks, false},
    };
    for (const auto& [status, parent, itself] : rows) {
        const auto found = rules::parent_refused(
            test::answered_by_parent(status, "why", "refused", parent));
        REQUIRE(found);
        INFO(found->summary);
        CHECK(
            (found->summary.find("could not reach releases.bazel.build:443 itself: ") !=
             std::string::npos) == itself);
    }
}

TEST_CASE("of a chain each parent is asked for the next one") {
    auto f = test::answered_by_parent(502, "Bad Gateway", "refused");
    f.parents.push_back("http://far.corp:3128");
    CHECK(
        rules::parent_refused(f)->summary == "The parent proxy http://proxy.corp:3128 could not "
                                             "reach http://far.corp:3128 itself: 502 Bad Gateway.");
}

TEST_CASE("a parent that lets us through, or wants a login, refuses nothing") {
    CHECK(!rules::parent_refused(test::answered_by_parent(200, "OK", "")));
    CHECK(!rules::parent_refused(test::answered_by_parent(407, "Who are you", "auth")));
    CHECK(!rules::parent_refused(model::make_facts(test::through_parent().told())));
}
