#include "rule.hpp"
#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;

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

TEST_CASE("a smaller hello is offered only where it would be smaller") {
    finding large, small, unknown;
    add_smaller_hello(large, test::silent_facts());
    REQUIRE(large.remedies.size() == 1);
    CHECK(large.remedies[0].text.find("X25519MLKEM768") != std::string::npos);
    add_smaller_hello(small, test::small_facts());
    CHECK(small.remedies.empty());
}

TEST_CASE("an alert, an answer or an end of the handshake says more than silence") {
    auto f = test::silent_facts();
    CHECK(unanswered(f));
    f.client_alert = model::alert{direction::to_server, 2, 48};
    CHECK(!handshake_unfinished(f));
    CHECK(!handshake_unfinished(test::healthy_facts()));
    CHECK(!handshake_unfinished(test::asked_facts()));
}
