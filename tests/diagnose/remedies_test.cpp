#include "remedies.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using wire::tls::client_kind;

TEST_CASE("a smaller hello is offered only where it would be smaller, with its sizes") {
    finding large, small;
    add_smaller_hello(large, test::silent_facts());
    REQUIRE(large.remedies.size() == 1);
    CHECK(
        large.remedies[0].text == "Without its X25519MLKEM768 key share the hello has 271 bytes "
                                  "instead of 1,493 and fits one "
                                  "segment (Bazelisk and other Go programs)");
    CHECK(large.remedies[0].command == "export GODEBUG=tlsmlkem=0");
    add_smaller_hello(small, test::small_facts());
    CHECK(small.remedies.empty());
}

TEST_CASE("each client is told in its own words") {
    struct row {
        client_kind kind;
        const char* agent;
        const char* command;
    };
    for (const auto& [kind, agent, command] :
         {row{client_kind::openssl, "curl/8.14.1", "curl --curves X25519:P-256"},
          row{client_kind::openssl, "git/2.47", "git -c http.sslCurves=X25519:P-256"},
          row{client_kind::java, "", "-Djdk.tls.namedGroups=x25519,secp256r1"},
          row{client_kind::nss, "Mozilla/5.0", ""}, row{client_kind::unknown, "", ""}}) {
        auto f = test::silent_facts();
        f.client_kind = kind;
        f.user_agent = agent;
        finding to;
        add_smaller_hello(to, f);
        REQUIRE(to.remedies.size() == 1);
        CHECK(to.remedies[0].command == command);
    }
}

TEST_CASE("a CA is trusted where this client looks for it") {
    struct row {
        client_kind kind;
        const char* agent;
        const char* command;
    };
    for (const auto& [kind, agent, command] :
         {row{client_kind::go, "Go-http-client/1.1", "export SSL_CERT_FILE=/path/to/ca-bundle.pem"},
          row{client_kind::openssl, "curl/7.88.1", "export CURL_CA_BUNDLE=/path/to/ca-bundle.pem"},
          row{client_kind::openssl, "node", "export NODE_EXTRA_CA_CERTS=/path/to/ca.pem"},
          row{client_kind::java, "",
              "bazel --host_jvm_args=-Djavax.net.ssl.trustStore=/path/to/truststore.jks "
              "--host_jvm_args=-Djavax.net.ssl.trustStorePassword=changeit"},
          row{client_kind::unknown, "",
              "sudo cp ca.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates"}}) {
        auto f = test::silent_facts();
        f.client_kind = kind;
        f.user_agent = agent;
        finding to;
        add_trust(to, f);
        REQUIRE(to.remedies.size() == 1);
        CHECK(to.remedies[0].command == command);
    }
}

TEST_CASE("the clamp is the largest of the ladder that is shorter than what is lost") {
    auto f = test::silent_facts();
    CHECK(mss_below(f, 1448) == 1360);
    CHECK(mss_below(f, 1348) == 1240);
    CHECK(mss_below(f, 1228) == 536);
    CHECK(mss_below(f, {}) == 1360);
    f.server_leg.v6 = true;
    CHECK(mss_below(f, 1428) == 1340);
    CHECK(mss_below(test::tested(f, "mtu:1280", "answered"), 1428) == 1220);
}

TEST_CASE("the kernel's own search is offered where it is off and this host sends") {
    constexpr auto probing = "sudo sysctl -w net.ipv4.tcp_mtu_probing=1";
    auto f = test::silent_facts();
    finding off, on, receives;
    add_host_mtu(off, f, 1448, true);
    CHECK(test::has(off.remedies, probing));
    CHECK(off.remedies[0].command.find("route replace 192.0.2.10 ") != std::string::npos);
    CHECK(off.remedies[0].command.ends_with("mtu 1400 advmss 1360"));
    add_host_mtu(receives, f, 1448, false);
    CHECK(!test::has(receives.remedies, probing));
    f.settings = model::host_settings{1, 1024, 1, 15};
    add_host_mtu(on, f, 1448, true);
    CHECK(!test::has(on.remedies, probing));
}

TEST_CASE("a flow that heals already is not told to") {
    auto f = test::silent_facts();
    finding once, heals;
    add_clamp(once, f, 1448);
    CHECK(test::has(once.remedies, "helloscope run --heal"));
    f.heals = true;
    add_clamp(heals, f, 1448);
    CHECK(!test::has(heals.remedies, "helloscope run --heal"));
}
