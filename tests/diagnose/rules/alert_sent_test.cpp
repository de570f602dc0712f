#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

std::optional<finding> after(direction from, std::uint8_t description, std::uint8_t level = 2) {
    auto on = test::greeted();
    if (from == direction::to_server) { // about what it has heard
        model::record heard;
        heard.dir = direction::to_client;
        heard.content_type = 22;
        heard.length = 100;
        on.then(1ms, heard);
    }
    on.then(2ms, model::alert{from, level, description});
    return rules::alert_sent(model::make_facts(on.told()));
}

} // namespace

TEST_CASE("every alert has the cause that its sender meant") {
    struct row {
        direction from;
        std::uint8_t description;
        std::string_view id;
    };
    constexpr auto server = direction::to_client;
    constexpr auto client = direction::to_server;
    const row rows[] = {
        {server, 40, "no-shared-parameters"},
        {server, 71, "no-shared-parameters"},
        {server, 70, "version-refused"},
        {client, 70, "version-refused"},
        {server, 112, "name-refused"},
        {server, 120, "alpn-refused"},
        {server, 116, "client-certificate-required"},
        {client, 48, "certificate-untrusted"},
        {client, 45, "certificate-expired"},
        {client, 42, "certificate-rejected"},
        {client, 43, "certificate-rejected"},
        {client, 44, "certificate-rejected"},
        {client, 46, "certificate-rejected"},
        {server, 48, "client-certificate-rejected"},
        {server, 42, "client-certificate-rejected"},
        {server, 50, "alert-other"},
        {server, 80, "alert-other"},
        {client, 199, "alert-other"},
    };
    for (const auto& [from, description, id] : rows) {
        INFO(int(description));
        const auto found = after(from, description);
        REQUIRE(found);
        CHECK(found->id == id);
        CHECK(found->how_sure == certainty::confirmed);
        CHECK(found->summary.find('{') == std::string::npos);
    }
}

TEST_CASE("a client that has heard nothing complains of nobody") {
    auto on = test::greeted();
    on.then(20s, model::alert{direction::to_server, 2, 10}); // Java 11 says it when it gives up
    CHECK_FALSE(rules::alert_sent(model::make_facts(on.told())));
}

TEST_CASE("what shows the same goes the same way") {
    auto f = model::make_facts(
        test::greeted().then(2ms, model::alert{direction::to_client, 2, 70}).told());
    f.parents = {test::proxy};
    CHECK(test::has(
        rules::alert_sent(f)->remedies, "openssl s_client -proxy proxy.corp:3128 -connect "
                                        "releases.bazel.build:443 -tls1_2 </dev/null"));
}

TEST_CASE("alerts are quoted with what the hello had offered") {
    CHECK(
        after(direction::to_client, 112)->summary ==
        "releases.bazel.build:443 does not know the name releases.bazel.build that the client asks "
        "for (alert 112 unrecognized_name).");
    const auto version = after(direction::to_client, 70);
    CHECK(test::value_of(*version, "versions offered") == "TLS 1.3, TLS 1.2");
    const auto shared = after(direction::to_client, 40);
    CHECK(test::value_of(*shared, "cipher suites offered") == "13");
    CHECK(test::value_of(*shared, "groups offered").starts_with("X25519MLKEM768, "));
    CHECK(test::value_of(*after(direction::to_client, 120), "protocols offered") == "h2, http/1.1");
    CHECK(
        test::value_of(*after(direction::to_server, 199), "alert") == "alert 199 from the client");
}

TEST_CASE("bad_certificate is not taken for a wrong name, which it may be") {
    CHECK(test::has(after(direction::to_server, 42)->others, "certificate-wrong-name"));
}

TEST_CASE("a close_notify, and a warning that the handshake outlives, are no failure") {
    CHECK(!after(direction::to_client, 0));
    CHECK(!after(direction::to_client, 112, 1));
    auto on = test::greeted();
    on.then(1ms, model::alert{direction::to_client, 1, 112});
    test::end(test::finish_tls13(test::answer_tls13(on)), model::leg::client);
    CHECK(!rules::alert_sent(model::make_facts(on.told())));
}

TEST_CASE("an alert that can mean much is told by the chain that was fetched") {
    auto f = test::ended(test::healthy_facts(), model::leg::client, "fin");
    f.client_alert = model::alert{direction::to_server, 2, 42};
    f.chain.emplace();
    f.chain->subject = "CN=other.test";
    f.chain->error = "hostname mismatch";
    const auto found = rules::alert_sent(f);
    CHECK(found->id == "certificate-wrong-name");
    CHECK(
        found->summary ==
        "The client rejected the certificate of releases.bazel.build:443 (alert 42 "
        "bad_certificate), which is not for that name.");
    CHECK(found->others.empty());
    f.chain->error.clear();
    CHECK(rules::alert_sent(f)->id == "certificate-untrusted");
    CHECK(rules::alert_sent(f)->how_sure == certainty::likely);
}
