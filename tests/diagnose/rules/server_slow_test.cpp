#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

// The answer began after eight seconds, the client left after ten.
facts late() {
    auto f = test::ended(test::silent_facts(), model::leg::client, "fin");
    f.from_server = 127;
    f.answered_after = 8s;
    f.waited = 10s;
    f.stalled_for.reset();
    return f;
}

} // namespace

TEST_CASE("an answer that began late, and a client that left") {
    const auto found = rules::server_slow(late());
    REQUIRE(found);
    CHECK(found->id == "server-slow");
    CHECK(found->how_sure == certainty::likely);
}

TEST_CASE("a flight that still came drop by drop") {
    auto f = late();
    f.answered_after = 1ms;
    f.waited = 10s;
    const auto found = rules::server_slow(f);
    REQUIRE(found);
    CHECK(found->summary.find("still sending") != std::string::npos);
    f.stalled_for = 3s; // it had stopped
    CHECK(!rules::server_slow(f));
}

TEST_CASE("loss, a far server, silence or a client that stays explain nothing") {
    auto gap = late();
    gap.server_leg.in.gap = true;
    CHECK(!rules::server_slow(gap));
    auto far = late();
    far.server_leg.min_rtt = 600ms;
    CHECK(!rules::server_slow(far));
    auto silent = late();
    silent.from_server = 0;
    CHECK(!rules::server_slow(silent));
    auto stays = late();
    stays.first_end.reset();
    CHECK(!rules::server_slow(stays));
}
