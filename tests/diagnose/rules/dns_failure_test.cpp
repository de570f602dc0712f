#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a name that does not exist is confirmed by the resolver") {
    auto f = test::asked_facts();
    f.resolve_error = "Name or service not known";
    const auto found = rules::dns_failure(f);
    REQUIRE(found);
    CHECK(found->id == "dns-failure");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(
        found->summary ==
        "The name releases.bazel.build could not be resolved: Name or service not known.");
    CHECK(found->remedies.at(0).command == "getent ahosts releases.bazel.build");
    CHECK(found->remedies.at(1).command == "--resolve releases.bazel.build:443:ADDRESS");
}

TEST_CASE("a resolver without an answer confirms nothing") {
    auto f = test::asked_facts();
    f.resolve_error = "no answer within 5 s (--resolve-timeout)";
    CHECK(rules::dns_failure(f)->how_sure == certainty::likely);
}

TEST_CASE("a name that was resolved is no failure, whatever came of it") {
    auto f = test::asked_facts();
    CHECK(!rules::dns_failure(f));
    f.resolve_error = "Temporary failure in name resolution"; // of one family
    f.attempts = {{test::far_side, true, {}, {}, {}, {}}};
    CHECK(!rules::dns_failure(f));
}

TEST_CASE("behind a parent the name may be the parent's, or looked up here for it") {
    auto f = test::asked_facts();
    f.parents = {"socks5://proxy.corp:1080"};
    f.resolve_error = "Name or service not known";
    f.looked_up = "proxy.corp";
    CHECK(!rules::dns_failure(f));
    f.looked_up = f.host;
    f.attempts = {{test::proxy_side, true, {}, {}, {}, {}}};
    const auto found = rules::dns_failure(f);
    REQUIRE(found);
    CHECK(test::has(found->remedies, "--via socks5h://proxy.corp:1080"));
    f.looked_up = "elsewhere.test"; // --connect-to, or the next parent of a chain
    CHECK(rules::dns_failure(f)->summary.starts_with("The name elsewhere.test could not be"));
}
