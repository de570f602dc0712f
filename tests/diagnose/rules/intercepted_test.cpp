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
