#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

model::attempt failing(std::string error, duration took = 1ms) {
    return {test::proxy_side, false, took, 0u, std::move(error), ""};
}

} // namespace

TEST_CASE("a parent that refuses the connection is confirmed by who refused it") {
    const auto found = rules::parent_unreachable(test::trying_parent({failing("ECONNREFUSED")}));
    REQUIRE(found);
    CHECK(found->id == "parent-unreachable");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(
        found->summary ==
        "The parent proxy http://proxy.corp:3128 cannot be reached: 10.0.0.5:3128 "
        "refused the connection.");
    CHECK(test::value_of(*found, "way out") == "http://proxy.corp:3128 (HTTPS_PROXY)");
    CHECK(test::value_of(*found, "10.0.0.5:3128") == "ECONNREFUSED after 1.0 ms");
    CHECK(test::has(
        found->remedies, "curl -v -x http://proxy.corp:3128 https://releases.bazel.build/"));
    CHECK(test::has(found->remedies, "--via direct"));
}

TEST_CASE("one that does not answer is likely, also when another of its addresses refuses") {
    const auto found = rules::parent_unreachable(test::trying_parent({failing("timeout", 3s)}));
    REQUIRE(found);
    CHECK(found->how_sure == certainty::likely);
    CHECK(found->summary.ends_with("10.0.0.5:3128 did not answer within 3.0 s."));

    const auto both = rules::parent_unreachable(
        test::trying_parent({failing("EHOSTUNREACH"), failing("timeout", 3s)}));
    CHECK(both->how_sure == certainty::likely);
    CHECK(both->summary.ends_with("there is no way to 10.0.0.5:3128 (EHOSTUNREACH), 10.0.0.5:3128 "
                                  "did not answer within 3.0 s."));
}

TEST_CASE("a parent's name that cannot be resolved") {
    auto f = test::trying_parent({});
    f.looked_up = "proxy.corp";
    f.resolve_error = "Name or service not known";
    const auto found = rules::parent_unreachable(f);
    REQUIRE(found);
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->summary.ends_with("its name cannot be resolved (Name or service not known)."));
    CHECK(test::has(found->remedies, "getent ahosts proxy.corp"));
    f.resolve_error = "no answer within 5 s (--resolve-timeout)";
    CHECK(rules::parent_unreachable(f)->how_sure == certainty::likely);
    f.looked_up = f.host; // socks5 looks the server's name up here
    CHECK(!rules::parent_unreachable(f));
}

TEST_CASE("what only its own word tells is likely") {
    auto f = test::trying_parent({});
    f.parent_answer = model::parent_answered{test::proxy, 0, "no descriptors", {}, "unreachable"};
    const auto found = rules::parent_unreachable(f);
    REQUIRE(found);
    CHECK(found->how_sure == certainty::likely);
    CHECK(found->summary.ends_with("cannot be reached: no descriptors."));
}

TEST_CASE("an attempt under way, a connected parent, or a server that refuses is something else") {
    CHECK(!rules::parent_unreachable(test::trying_parent({})));
    CHECK(!rules::parent_unreachable(test::trying_parent({failing("ECONNREFUSED"), failing("")})));
    CHECK(!rules::parent_unreachable(test::trying_parent({failing("EMFILE")})));
    auto f = test::trying_parent({failing("ECONNREFUSED")});
    f.server = test::proxy_side;
    CHECK(!rules::parent_unreachable(f));
    f.server.reset();
    f.parents.clear();
    CHECK(!rules::parent_unreachable(f));
    CHECK(rules::connect_refused(f));
}
