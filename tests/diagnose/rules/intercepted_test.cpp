#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

facts rejected(std::string issuer) {
    auto f = test::ended(test::healthy_facts(), model::leg::client, "fin");
    f.client_alert = model::alert{direction::to_server, 2, 48};
    f.chain.emplace();
    f.chain->subject = "CN=releases.bazel.build";
    f.chain->issuer = std::move(issuer);
    f.chain->error = "self-signed certificate in certificate chain";
    return f;
}

} // namespace

TEST_CASE("a rejected certificate that an inspecting product signed") {
    const auto found = rules::intercepted(
        rejected("CN=Zscaler Intermediate Root CA,O=Zscaler Inc."));
    REQUIRE(found);
    CHECK(found->id == "intercepted");
    CHECK(found->how_sure == certainty::confirmed);
    CHECK(found->summary.find("Zscaler") != std::string::npos);
    CHECK(test::has(found->remedies, "export SSL_CERT_FILE=/path/to/ca-bundle.pem"));
}

TEST_CASE("another issuer, no chain, or a client that does not mind") {
    CHECK(!rules::intercepted(rejected("CN=R11,O=Let's Encrypt")));
    auto unseen = rejected("CN=Zscaler Root CA");
    unseen.chain.reset();
    CHECK(!rules::intercepted(unseen));
    auto fine = rejected("CN=Zscaler Root CA");
    fine.client_alert.reset();
    CHECK(!rules::intercepted(fine));
}

TEST_CASE("a parent that shows another certificate than the server does") {
    auto f = rejected("CN=Some Company CA");
    f.parents = {test::proxy};
    f.chain->sha256 = "aa";
    f.beyond = f.chain;
    f.beyond->sha256 = "bb";
    f.beyond->error.clear();
    f.beyond->issuer = "CN=R11,O=Let's Encrypt";
    const auto found = rules::intercepted(f);
    REQUIRE(found);
    CHECK(found->summary.find("behind http://proxy.corp:3128") != std::string::npos);
    CHECK(found->summary.find("CN=Some Company CA") != std::string::npos);
    CHECK(
        test::value_of(*found, "without the parent") ==
        "another certificate, issued by CN=R11,O=Let's Encrypt, which verifies here");
    auto same = f;
    same.beyond->sha256 = "aa";
    CHECK(!rules::intercepted(same));
    auto untrusted = f; // so is the server's own
    untrusted.beyond->error = "self-signed certificate";
    CHECK(!rules::intercepted(untrusted));
}
