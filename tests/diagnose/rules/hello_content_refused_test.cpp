#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("another hello of the same size is answered") {
    auto f = test::silent_facts();
    const auto found = rules::hello_content_refused(test::tested(f, "whole", "answered"));
    REQUIRE(found);
    CHECK(found->id == "hello-content-refused");
    CHECK(found->how_sure == certainty::likely);
}

TEST_CASE("cut in pieces it passes, and not in smaller segments: a filter reads it") {
    auto f = test::ended(test::silent_facts(), model::leg::server, "rst");
    test::tested(f, "mss:536", "rst");
    const auto found = rules::hello_content_refused(test::tested(f, "split:midsni", "answered"));
    REQUIRE(found);
    CHECK(test::has(found->others, "name-filtered"));
    CHECK(test::has(found->remedies, "helloscope run --shape split:midsni"));
}

TEST_CASE("only without TLS 1.3: suspected") {
    auto f = test::silent_facts();
    CHECK(
        rules::hello_content_refused(test::tested(f, "tls1.2", "answered"))->how_sure ==
        certainty::suspected);
    CHECK(!rules::hello_content_refused(test::tested(f, "without-post-quantum", "answered")));
}

TEST_CASE("without an intervention nothing is known of the content") {
    CHECK(!rules::hello_content_refused(test::silent_facts()));
    auto cut = test::silent_facts(); // a black hole is passed by a cut, too
    CHECK(!rules::hello_content_refused(test::tested(cut, "split:midsni", "answered")));
}
