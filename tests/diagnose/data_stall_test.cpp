#include "data_stall.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;

TEST_CASE("which leg stands still, and which way") {
    auto f = test::still_in_data();
    CHECK(!data_stall_of(f));
    f.client_leg.out.unacked = 2;
    f.client_leg.out.retransmits = 3;
    REQUIRE(data_stall_of(f));
    CHECK(data_stall_of(f)->where == model::leg::client);
    CHECK(!data_stall_of(f)->to_us);
    f.server_leg.in.gap = true; // the server's leg says more
    CHECK(data_stall_of(f)->where == model::leg::server);
    CHECK(data_stall_of(f)->to_us);
    CHECK(far_end_of(f, model::leg::server) == "releases.bazel.build:443");
    CHECK(far_end_of(f, model::leg::client) == "the client 127.0.0.1:52114");
}
