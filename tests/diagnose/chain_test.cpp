#include "chain.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("OpenSSL's words for why a chain does not verify") {
    auto f = test::silent_facts();
    CHECK(id_of_chain(f).empty());
    f.chain.emplace();
    CHECK(id_of_chain(f).empty());
    f.chain->error = "certificate has expired";
    CHECK(id_of_chain(f).empty()); // of none that came
    f.chain->subject = "CN=a.test";
    struct row {
        const char* error;
        const char* id;
    };
    for (const auto& [error, id] :
         {row{"certificate has expired", "certificate-expired"},
          row{"certificate is not yet valid", "certificate-expired"},
          row{"hostname mismatch", "certificate-wrong-name"},
          row{"IP address mismatch", "certificate-wrong-name"},
          row{"self-signed certificate", "certificate-untrusted"},
          row{"unable to get local issuer certificate", "certificate-untrusted"},
          row{"unable to verify the first certificate", "certificate-untrusted"},
          row{"no handshake", ""}}) {
        f.chain->error = error;
        CHECK(id_of_chain(f) == id);
    }
}

TEST_CASE("a product that inspects is known by its issuer, whatever the case") {
    model::chain_fetched chain;
    chain.issuer = "C=US, O=ZSCALER INC., CN=x";
    CHECK(inspector_of(chain) == "Zscaler");
    chain.issuer = "CN=mitmproxy,O=mitmproxy";
    CHECK(inspector_of(chain) == "mitmproxy");
    chain.issuer = "C=US,O=Let's Encrypt,CN=R11";
    CHECK(inspector_of(chain).empty());
}

TEST_CASE("a chain as evidence: whose, until when, how large") {
    auto f = test::silent_facts();
    finding to;
    says_chain(to, f);
    CHECK(to.facts.empty());
    f.chain.emplace();
    f.chain->subject = "CN=a.test";
    f.chain->issuer = "CN=ca";
    f.chain->names = {"a.test", "b.test"};
    f.chain->not_after = f.now - 48h;
    f.chain->sizes = {900, 1100};
    f.chain->missing = "CN=intermediate";
    says_chain(to, f);
    CHECK(test::value_of(to, "names") == "a.test, b.test");
    CHECK(test::value_of(to, "expired") == "48 h 0 min ago");
    CHECK(test::value_of(to, "chain") == "2 certificates, 2,000 bytes, 2 segments");
    CHECK(test::value_of(to, "missing from the chain") == "CN=intermediate");
}

TEST_CASE("whether the client left without asking for anything") {
    auto f = test::ended(test::healthy_facts(), model::leg::client, "fin");
    CHECK(!left_without_asking(f)); // it asked
    f.client_encrypted = {53};
    f.client_encrypted_count = 1;
    CHECK(left_without_asking(f));
    f.client_encrypted = {53, 19}; // close_notify
    f.client_encrypted_count = 2;
    CHECK(left_without_asking(f));
    f = test::ended(f, model::leg::server, "fin"); // in answer to it
    CHECK(left_without_asking(f));
    f.client_spoke_on = true; // it is the client that answers
    CHECK(!left_without_asking(f));
    f.client_spoke_on = false;
    f.client_encrypted_count = 1; // no close_notify
    CHECK(!left_without_asking(f));
    f.client_encrypted_count = 2;
    f.client_encrypted = {19, 19};
    CHECK(!left_without_asking(f));
    f.client_encrypted = {53, 60};
    CHECK(!left_without_asking(f));
}

TEST_CASE("what can be done about a chain, by whom") {
    struct row {
        const char* error;
        const char* who;
        const char* text;
    };
    auto f = test::silent_facts();
    f.chain.emplace();
    f.chain->subject = "CN=a.test";
    f.chain->not_after = f.now - 48h;
    for (const auto& [error, who, text] :
         {row{"certificate has expired", "server", "new certificate"},
          row{"hostname mismatch", "server", "for releases.bazel.build, too"}}) {
        f.chain->error = error;
        finding to;
        add_chain_remedies(to, f);
        REQUIRE(to.remedies.size() == 1);
        CHECK(to.remedies[0].who == who);
        CHECK(to.remedies[0].text.find(text) != std::string::npos);
    }
    f.chain->error = "certificate is not yet valid";
    f.chain->not_after = f.now + 48h;
    finding early;
    add_chain_remedies(early, f);
    CHECK(early.remedies.at(0).who == "host");
    f.chain->error = "unable to get local issuer certificate";
    finding whole;
    add_chain_remedies(whole, f);
    CHECK(whole.remedies.empty());
    f.chain->missing = "CN=intermediate";
    add_chain_remedies(whole, f);
    CHECK(whole.remedies.at(0).text.find("CN=intermediate") != std::string::npos);
}

TEST_CASE("why a client does not take a certificate, as the chain has it") {
    auto f = test::silent_facts();
    CHECK(rejected_because(f).empty());
    f.chain.emplace();
    f.chain->subject = "CN=a.test";
    CHECK(rejected_because(f).starts_with("which this machine trusts"));
    f.chain->error = "hostname mismatch";
    CHECK(rejected_because(f) == "which is not for that name");
    f.chain->error = "certificate has expired";
    CHECK(rejected_because(f) == "which is not valid now");
    f.chain->error = "unable to get local issuer certificate";
    CHECK(rejected_because(f) == "which is signed by one that it does not know");
    f.chain->missing = "CN=b";
    CHECK(rejected_because(f) == "whose chain lacks CN=b");
    f.chain->subject.clear(); // none came
    CHECK(rejected_because(f).empty());
}
