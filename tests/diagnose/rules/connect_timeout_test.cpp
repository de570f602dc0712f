#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts unanswered_by(const std::string& error) {
    auto f = test::asked_facts();
    f.at = model::stage::connect;
    f.attempts = {{test::far_side, false, 3070ms, 3, error, ""}};
    return f;
}

} // namespace

TEST_CASE("an address without an answer is named with how long and how often") {
    const auto found = rules::connect_timeout(unanswered_by("timeout"));
    REQUIRE(found);
    CHECK(found->id == "connect-timeout");
    CHECK(found->how_sure == certainty::likely);
    CHECK(test::value_of(*found, "192.0.2.10:443") == "no answer in 3.1 s, SYN sent again 3 times");
    CHECK(test::has(found->others, "firewall-drops-syn"));
    CHECK(test::has(found->remedies, "--via http://PROXY:PORT"));
    CHECK(test::value_of(*found, "way out") == "(none)");
    auto f = unanswered_by("timeout");
    f.parent_source = "NO_PROXY";
    CHECK(test::value_of(*rules::connect_timeout(f), "way out") == "direct (NO_PROXY)");
}

TEST_CASE("the kernel's own timeout counts as well, another error does not") {
    CHECK(rules::connect_timeout(unanswered_by("ETIMEDOUT")));
    CHECK(!rules::connect_timeout(unanswered_by("ECONNREFUSED")));
    CHECK(!rules::connect_timeout(unanswered_by("")));
}

TEST_CASE("a parent without an answer says nothing of the server") {
    auto f = unanswered_by("timeout");
    f.parents = {test::proxy};
    CHECK(!rules::connect_timeout(f));
}

TEST_CASE("while it waits: as soon as the second SYN has no answer either") {
    auto f = unanswered_by("");
    f.attempts.front().syn_retransmits.reset();
    f.connecting = 1500ms;
    CHECK(!rules::connect_timeout(f));
    f.connecting = 1700ms;
    const auto found = rules::connect_timeout(f);
    REQUIRE(found);
    CHECK(found->how_sure == certainty::suspected);
    CHECK(test::value_of(*found, "192.0.2.10:443") == "no answer in 1.7 s");
}
