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
    const auto found = rules::hello_content_refused(test::tested(f, "split:747", "answered"));
    REQUIRE(found);
    CHECK(test::has(found->others, "name-filtered"));
    CHECK(test::has(found->remedies, "helloscope run --shape split:747"));
    auto in_the_name = test::ended(test::silent_facts(), model::leg::server, "rst");
    test::tested(in_the_name, "whole", "rst");
    test::tested(in_the_name, "mss:536", "rst");
    CHECK(!rules::hello_content_refused(test::tested(in_the_name, "split:midsni", "answered")));
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

TEST_CASE("as large without a post-quantum share it is answered: the share is refused") {
    auto f = test::ended(test::silent_facts(), model::leg::server, "rst");
    test::tested(f, "without-post-quantum", "answered");
    test::tested(f, "padded", "answered");
    CHECK(!rules::hello_content_refused(f)); // with one it was not tried
    const auto found = rules::hello_content_refused(test::tested(f, "whole", "rst"));
    REQUIRE(found);
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->summary.find("X25519MLKEM768") != std::string::npos);
    CHECK(test::has(found->remedies, "export GODEBUG=tlsmlkem=0"));
    auto alerted = test::silent_facts();
    alerted.server_alert = model::alert{direction::to_client, 2, 50};
    for (const auto& [name, outcome] :
         {std::pair("whole", "alert"),
          {"without-post-quantum", "answered"},
          {"padded", "answered"}})
        test::tested(alerted, name, outcome);
    CHECK(rules::hello_content_refused(alerted));
}

TEST_CASE("another connection may have met another machine, or a better time") {
    auto f = test::silent_facts();
    const auto found = rules::hello_content_refused(test::tested(f, "whole", "answered"));
    CHECK(found->others == std::vector<std::string>{"backend-down", "server-slow"});
}
