#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

// TLS 1.3 with a request for a certificate; the client's first encrypted record has `first` bytes,
// a request follows, and the server ends with a record of `last`.
facts answered_with(std::uint32_t first, std::uint32_t last) {
    auto on = test::greeted();
    test::answer_tls13(on);
    const auto to_server = direction::to_server;
    on.then(1ms, test::record_of(on, to_server, 23, first, true));
    on.then(0ms, test::record_of(on, to_server, 23, 53, true));
    on.then(0ms, test::record_of(on, to_server, 23, 200, true));
    on.then(1ms, test::record_of(on, direction::to_client, 23, last, true));
    test::end(on, model::leg::server);
    return model::make_facts(on.told());
}

} // namespace

TEST_CASE("an empty certificate, and an alert-sized record in answer") {
    const auto found = rules::client_certificate_required(answered_with(25, 19));
    REQUIRE(found);
    CHECK(found->id == "client-certificate-required");
    CHECK(found->how_sure == certainty::likely);
}

TEST_CASE("a certificate, and an alert-sized record in answer") {
    const auto found = rules::client_certificate_required(answered_with(900, 19));
    REQUIRE(found);
    CHECK(found->id == "client-certificate-rejected");
    CHECK(found->how_sure == certainty::suspected);
}

TEST_CASE("a client that has heard the alert may be seen to leave first") {
    auto f = answered_with(25, 19);
    f.client_end = f.first_end = model::closed{model::leg::client, "peer", "fin", ""};
    CHECK(rules::client_certificate_required(f));
    auto goodbye = f;
    goodbye.last_spoke = direction::to_server; // its close_notify: nobody was turned away
    CHECK(!rules::client_certificate_required(goodbye));
    f.server_end->by = "helloscope";
    CHECK(!rules::client_certificate_required(f));
}

TEST_CASE("data in answer, or a Finished first, are healthy") {
    CHECK(!rules::client_certificate_required(answered_with(25, 400)));
    CHECK(!rules::client_certificate_required(answered_with(53, 19)));
    auto f = answered_with(25, 19);
    f.server_behind_finish = 3; // tickets and an answer
    CHECK(!rules::client_certificate_required(f));
}
