#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

// A HelloRetryRequest came; `again`: and the second hello went.
facts retried(bool again) {
    auto on = test::greeted();
    wire::tls::server_hello retry;
    retry.hello_retry_request = true;
    model::handshake message;
    message.dir = direction::to_client;
    message.type = 2;
    message.server_hello = std::make_shared<const wire::tls::server_hello>(retry);
    on.then(1ms, message).then(0ms, test::record_of(on, direction::to_client, 22, 88));
    if (again) test::greet(on, test::small_hello());
    on.then(3s, model::stalled{model::stage::server_flight, 3s});
    return model::make_facts(on.told());
}

} // namespace

TEST_CASE("a second hello that is not answered any more") {
    const auto found = rules::retry_mishandled(retried(true));
    REQUIRE(found);
    CHECK(found->id == "retry-mishandled");
    CHECK(found->how_sure == certainty::likely);
    CHECK(found->remedies.front().who == "server");
}

TEST_CASE("an alert about it is confirmed, another alert is another matter") {
    auto f = test::ended(retried(true), model::leg::server, "fin");
    f.server_alert = model::alert{direction::to_client, 2, 47};
    CHECK(rules::retry_mishandled(f)->how_sure == certainty::confirmed);
    f.server_alert->description = 40;
    CHECK(!rules::retry_mishandled(f));
}

TEST_CASE("a client that sends no second hello") {
    const auto found = rules::retry_mishandled(
        test::ended(retried(false), model::leg::client, "fin"));
    REQUIRE(found);
    CHECK(found->remedies.front().who == "client");
}

TEST_CASE("a retry that went well, or is still young, is none") {
    auto well = retried(true);
    well.server_hello = std::make_shared<const wire::tls::server_hello>(test::tls13_answer());
    CHECK(!rules::retry_mishandled(well));
    auto young = retried(true);
    young.stalled_for = 1s;
    CHECK(!rules::retry_mishandled(young));
}
