#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a look-up that lasts, and one that a client left over") {
    auto f = test::asked_facts();
    f.resolving = 3s;
    CHECK(rules::dns_slow(f)->how_sure == certainty::suspected);
    CHECK(
        rules::dns_slow(f)->summary ==
        "The name releases.bazel.build has not been resolved for 3.0 s.");
    const auto left = rules::dns_slow(test::ended(f, model::leg::client, "fin"));
    CHECK(left->how_sure == certainty::likely);
    CHECK(test::has(left->remedies, "time getent ahosts releases.bazel.build"));
}

TEST_CASE("one that took half of the client's time") {
    auto f = test::ended(test::silent_facts(), model::leg::client, "fin");
    f.resolve_took = 6s;
    f.lasted = 10s;
    CHECK(rules::dns_slow(f));
    f.lasted = 20s;
    CHECK(!rules::dns_slow(f));
}

TEST_CASE("a quick one, a failed one, or a flow that went well") {
    auto f = test::asked_facts();
    f.resolving = 1s;
    CHECK(!rules::dns_slow(f));
    f.resolving = 3s;
    f.resolve_error = "Name or service not known";
    CHECK(!rules::dns_slow(f));
    auto well = test::healthy_facts();
    well.resolve_took = 3s;
    CHECK(!rules::dns_slow(well));
}
