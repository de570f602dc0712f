#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts lossy() {
    auto f = test::ended(test::silent_facts(), model::leg::client, "fin");
    f.from_server = 2000;
    f.server_leg.out.total_retrans = 3;
    return f;
}

} // namespace

TEST_CASE("things moved, with losses, until the client left") {
    const auto found = rules::path_lossy(lossy());
    REQUIRE(found);
    CHECK(found->id == "path-lossy");
    CHECK(found->how_sure == certainty::suspected);
}

TEST_CASE("two losses, no movement, or a handshake that was over") {
    auto two = lossy();
    two.server_leg.out.total_retrans = 2;
    CHECK(!rules::path_lossy(two));
    auto still = lossy();
    still.from_server = 0;
    CHECK(!rules::path_lossy(still));
    auto over = lossy();
    over.established = true;
    CHECK(!rules::path_lossy(over));
}
