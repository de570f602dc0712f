#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts half_a_hello() {
    auto on = test::dialed();
    auto record = test::record_of(on, direction::to_server, 22, 1793);
    record.cut_at = 1443;
    on.then(10s, model::closed{model::leg::client, "peer", "fin", ""}).then({}, record);
    return model::make_facts(on.told());
}

} // namespace

TEST_CASE("a hello that never came whole is named with both numbers") {
    const auto found = rules::hello_incomplete(half_a_hello());
    REQUIRE(found);
    CHECK(found->id == "hello-incomplete");
    CHECK(
        found->summary == "The ClientHello never came whole: its record announces 1,793 bytes, "
                          "1,443 came.");
    CHECK(test::has(found->others, "client-stalled"));
}

TEST_CASE("segments behind a gap rule a stalled client out") {
    auto f = half_a_hello();
    f.client_leg.in.out_of_order = 1;
    CHECK(
        rules::hello_incomplete(f)->others ==
        std::vector<std::string>{"mtu-black-hole-from-client"});
    f.cut.reset();
    f.from_client = 0;
    CHECK(rules::hello_incomplete(f)); // its very beginning is what was lost
    f.client_leg.in.out_of_order = 0;
    CHECK(!rules::hello_incomplete(f)); // the client just said nothing
}

TEST_CASE("a hello that is still on its way is not incomplete") {
    auto f = half_a_hello();
    f.first_end.reset();
    CHECK(!rules::hello_incomplete(f));
    CHECK(!rules::hello_incomplete(test::silent_facts()));
}
