#include "rule.hpp"
#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("a server is called by its name, or by its address") {
    auto f = test::silent_facts();
    CHECK(server_of(f) == "releases.bazel.build:443");
    CHECK(host_of(f) == "releases.bazel.build");
    f.host.clear();
    CHECK(server_of(f) == "192.0.2.10:443");
    CHECK(host_of(f) == "192.0.2.10");
    f.server.reset();
    CHECK(server_of(f) == "the server");
}

TEST_CASE("addresses are listed as in a sentence") {
    const model::attempt one{test::far_side, false, {}, {}, {}, {}};
    CHECK(addresses_of({&one}) == "192.0.2.10:443");
    CHECK(addresses_of({&one, &one}) == "192.0.2.10:443 and 192.0.2.10:443");
    CHECK(addresses_of({&one, &one, &one}) == "192.0.2.10:443, 192.0.2.10:443 and 192.0.2.10:443");
}

TEST_CASE("behind a parent it is the parent that acknowledges") {
    auto f = test::silent_facts();
    CHECK(peer_of(f) == "releases.bazel.build:443");
    f.parents = {test::proxy};
    CHECK(peer_of(f) == "http://proxy.corp:3128");
    const auto silent = rules::server_silent(f);
    REQUIRE(silent);
    CHECK(silent->summary.starts_with("http://proxy.corp:3128 acknowledged the whole ClientHello "
                                      "for releases.bazel.build:443 and has sent nothing"));
    CHECK(test::has(silent->others, "hello-dropped"));
}

TEST_CASE("what we gave up with is in our Proxy-Status") {
    auto f = test::asked_facts();
    CHECK(!gave_up_with(f, {"dns_error"}));
    f.answer = model::answered{502, "no such name", "helloscope; error=dns_error"};
    CHECK(gave_up_with(f, {"dns_timeout", "dns_error"}));
    CHECK(!gave_up_with(f, {"error"}));
}

TEST_CASE("a word of a command is one word") {
    CHECK(word("releases.bazel.build:443") == "releases.bazel.build:443");
    CHECK(word("") == "''");
    CHECK(word("a;b $(c)") == "'a;b $(c)'");
    CHECK(word("it's") == "'it'\\''s'");
}

TEST_CASE("a URL leaves the scheme's own port out") {
    CHECK(url_of("https", {"a.test", 443}) == "https://a.test/");
    CHECK(url_of("https", {"a.test", 80}) == "https://a.test:80/");
    CHECK(url_of("http", {"::1", 80}) == "http://[::1]/");
}

TEST_CASE("unknown values are no evidence") {
    finding made;
    says(made, "a", std::optional<std::uint32_t>());
    says_bytes(made, "b", std::nullopt);
    CHECK(made.facts.empty());
    says_bytes(made, "c", 1493);
    CHECK(test::value_of(made, "c") == "1,493 bytes");
}

TEST_CASE("an alert, an answer or an end of the handshake says more than silence") {
    auto f = test::silent_facts();
    CHECK(unanswered(f));
    f.client_alert = model::alert{direction::to_server, 2, 48};
    CHECK(!handshake_unfinished(f));
    CHECK(!handshake_unfinished(test::healthy_facts()));
    CHECK(!handshake_unfinished(test::asked_facts()));
}

TEST_CASE("patience grows with the round trip") {
    auto f = test::silent_facts();
    CHECK(patience_of(f) == 1750ms);
    f.server_leg.min_rtt = 600ms;
    CHECK(patience_of(f) == 3600ms);
}

TEST_CASE("the piece that is stuck is the first that is not acknowledged") {
    const auto stuck = [](const facts& f) { return stuck_piece(f, f.server_leg); };
    CHECK(stuck(test::black_hole_facts()) == 1448u);
    CHECK(stuck(test::dropped_facts(1900, 1448, 0, 2)) == 452u);
    CHECK(!stuck(test::silent_facts()));
    CHECK(!stuck(test::asked_facts()));
}

TEST_CASE("where the name stands in the first flight") {
    const auto f = test::silent_facts(); // at 125 with its record's header
    CHECK(name_is_within(f, 0, 1448));
    CHECK(name_is_within(f, 130, 10)); // in part
    CHECK(!name_is_within(f, 1448, 45));
    CHECK(!name_is_within(test::asked_facts(), 0, 1448));
}

TEST_CASE("a kernel that knows the gap is believed, an older one by its count") {
    model::leg_facts leg;
    CHECK(!gap_stands(leg));
    leg.in.out_of_order = 1;
    CHECK(gap_stands(leg));
    leg.in.gap = false;
    CHECK(!gap_stands(leg));
}

TEST_CASE("an encrypted alert is shorter with CCM_8") {
    auto f = test::silent_facts();
    CHECK(encrypted_alert_size(f) == 19);
    auto answer = test::tls13_answer();
    answer.cipher_suite = 0x1305;
    f.server_hello = std::make_shared<const wire::tls::server_hello>(answer);
    CHECK(encrypted_alert_size(f) == 11);
}
