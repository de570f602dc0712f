#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts timed_out() {
    auto f = model::make_facts(test::accepted().told());
    f.lasted = 30s;
    f.client_leg.in.bytes = 0;
    f.first_end = model::closed{model::leg::client, "helloscope", "timeout", "--front-timeout"};
    return f;
}

} // namespace

TEST_CASE("a client that never says a word is told apart by our own deadline") {
    const auto found = rules::client_silent(timed_out());
    REQUIRE(found);
    CHECK(found->id == "client-silent");
    CHECK(found->summary == "The client connected and sent nothing for 30.0 s.");
    CHECK(found->others.empty());
}

TEST_CASE("segments behind a gap mean that it did say something") {
    auto f = timed_out();
    f.client_leg.in.out_of_order = 1;
    CHECK(test::has(rules::client_silent(f)->others, "mtu-black-hole-from-client"));
}

TEST_CASE("a client that leaves by itself, or began to ask, is not silent") {
    CHECK(!rules::client_silent(test::ended(timed_out(), model::leg::client, "fin")));
    auto begun = timed_out();
    begun.client_leg.in.bytes = 7;
    CHECK(!rules::client_silent(begun));
}
