#include "rules.hpp"

#include "diagnose/known.hpp"
#include "helloscope/diagnose/diagnose.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

// The server's flight, whose last record is so long, and then the client leaves.
facts left_behind(std::uint32_t length) {
    auto on = test::greeted();
    test::answer_tls13(on);
    on.then(1ms, test::record_of(on, direction::to_client, 23, length, true));
    test::end(on, model::leg::client);
    return model::make_facts(on.told());
}

} // namespace

TEST_CASE("a client that leaves without a word when the server's flight is complete") {
    const auto finished = finished_size(left_behind(53));
    const auto found = rules::left_at_certificate(left_behind(finished));
    REQUIRE(found);
    CHECK(found->id == "certificate-rejected");
    CHECK(found->how_sure == certainty::suspected);
    CHECK(test::has(found->others, "client-gave-up"));
    CHECK(found->remedies.at(0).command.starts_with("openssl s_client "));
    CHECK(diagnose::diagnose(left_behind(finished))->id == "certificate-rejected");
}

TEST_CASE("a flight that is not over, or has no certificate, says nothing of one") {
    CHECK(!rules::left_at_certificate(left_behind(1200)));
    CHECK(diagnose::diagnose(left_behind(1200))->id == "client-gave-up");
    const auto whole = left_behind(finished_size(left_behind(53)));
    auto f = whole;
    auto answer = *f.server_hello;
    answer.selected_psk = 0;
    f.server_hello = std::make_shared<const wire::tls::server_hello>(answer);
    CHECK(!rules::left_at_certificate(f));
    f = whole;
    f.client_leg.out.all_acked = false; // it may never have come
    CHECK(!rules::left_at_certificate(f));
    f = whole;
    f.client_first_encrypted = 53;
    CHECK(!rules::left_at_certificate(f));
    f = whole;
    f.first_end.reset();
    CHECK(!rules::left_at_certificate(f));
}

TEST_CASE("the chain that was fetched makes one reason likely") {
    auto f = left_behind(finished_size(left_behind(53)));
    f.chain.emplace();
    f.chain->subject = "CN=a.test";
    f.chain->error = "self-signed certificate";
    const auto found = rules::left_at_certificate(f);
    CHECK(found->id == "certificate-untrusted");
    CHECK(found->how_sure == certainty::likely);
    CHECK(test::value_of(*found, "verified here") == "self-signed certificate");
    f.chain->error.clear(); // it verifies: anything is possible
    CHECK(rules::left_at_certificate(f)->id == "certificate-rejected");
}
