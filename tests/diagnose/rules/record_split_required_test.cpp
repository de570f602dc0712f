#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

constexpr auto records = "records:sni+2|split:records";

TEST_CASE("TLS records that fit a segment pass, segments alone do not") {
    auto f = test::silent_facts();
    test::tested(f, "split:100", "silent");
    const auto found = rules::record_split_required(test::tested(f, records, "answered"));
    REQUIRE(found);
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(test::has(found->remedies, "helloscope run --shape 'records:sni+2|split:records'"));
}

TEST_CASE("where segments alone were not tried it is likely") {
    auto f = test::silent_facts();
    CHECK(
        rules::record_split_required(test::tested(f, records, "answered"))->how_sure ==
        certainty::likely);
    model::heal_attempt_ended first;
    first.sent = first.acked.emplace(1493);
    CHECK(rules::record_split_required(test::healed_facts(first, records)));
}

TEST_CASE("records that do not help either, or a flow that goes well, need none") {
    auto f = test::silent_facts();
    CHECK(!rules::record_split_required(test::tested(f, records, "silent")));
    auto well = test::healthy_facts();
    CHECK(!rules::record_split_required(test::tested(well, records, "answered")));
}

TEST_CASE("a tail that is lost on the way is another matter") {
    auto f = test::silent_facts();
    f.server_leg.out.acked = 1448;
    f.server_leg.out.all_acked = false;
    CHECK(!rules::record_split_required(test::tested(f, records, "answered")));
}

TEST_CASE("a small hello that passes whole and not in pieces is a sign, too") {
    auto f = test::silent_facts();
    test::tested(f, "without-post-quantum|split:100", "rst");
    CHECK(
        rules::record_split_required(test::tested(f, records, "answered"))->how_sure ==
        certainty::confirmed);
}
