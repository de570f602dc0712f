#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a server that took the hello and says nothing") {
    const auto found = rules::server_silent(test::silent_facts());
    REQUIRE(found);
    CHECK(found->id == "server-silent");
    CHECK(found->how_sure == certainty::suspected); // it may only be slow
    CHECK(
        found->summary ==
        "releases.bazel.build:443 acknowledged the whole ClientHello and has sent "
        "nothing for 2.0 s.");
    CHECK(found->others.front() == "mtu-black-hole-to-client"); // identical in every field
    CHECK(test::has(found->others, "split-intolerant"));
    CHECK(test::value_of(*found, "round trip") == "1.9 ms");
}

TEST_CASE("what others were served under that name, or at that address, is not in doubt") {
    auto f = test::silent_facts();
    const auto first = rules::server_silent(f);
    CHECK(test::has(first->others, "name-filtered"));
    CHECK(test::has(first->others, "address-broken"));
    f.before = {test::history("name", 2, 1), test::history("address", 3, 1)};
    const auto later = rules::server_silent(f);
    CHECK(!test::has(later->others, "name-filtered"));
    CHECK(!test::has(later->others, "address-broken"));
}

TEST_CASE("when the client has left it was silent to the end") {
    const auto found = rules::server_silent(model::make_facts(test::silent().told()));
    REQUIRE(found);
    CHECK(found->how_sure == certainty::likely);
    CHECK(
        found->summary ==
        "releases.bazel.build:443 acknowledged the whole ClientHello and sent nothing in 10.0 s.");
}

TEST_CASE("a hello of one segment cannot have been read in part") {
    const auto found = rules::server_silent(test::small_facts());
    REQUIRE(found);
    CHECK(!test::has(found->others, "split-intolerant"));
    CHECK(!test::has(found->remedies, "export GODEBUG=tlsmlkem=0"));
}

TEST_CASE("one byte, a gap, a missing acknowledgement or an unknown one: not silent") {
    auto answered = test::silent_facts();
    answered.from_server = 1;
    CHECK(!rules::server_silent(answered));
    auto gap = test::silent_facts();
    gap.server_leg.in.out_of_order = 1;
    gap.server_leg.in.gap = true;
    CHECK(!rules::server_silent(gap));
    auto lost = test::silent_facts();
    lost.server_leg.out.all_acked = false;
    CHECK(!rules::server_silent(lost));
    auto unknown = test::silent_facts();
    unknown.server_leg.out.all_acked.reset();
    CHECK(!rules::server_silent(unknown));
}

TEST_CASE("silence shorter than the patience of this path is none") {
    auto f = test::silent_facts();
    f.waited = f.stalled_for = 1700ms;
    CHECK(!rules::server_silent(f));
    f.waited = f.stalled_for = 3s;
    f.server_leg.min_rtt = 600ms;
    CHECK(!rules::server_silent(f));
}

TEST_CASE("what was tested in vain is no suspect any more") {
    auto f = test::silent_facts();
    for (const auto* test : {"whole", "mss:536", "without-post-quantum"})
        test::tested(f, test, "silent");
    const auto found = rules::server_silent(f);
    CHECK(
        found->others ==
        std::vector<std::string>{"name-filtered", "address-broken", "server-slow", "backend-down"});
    CHECK(found->missing.empty());
}
