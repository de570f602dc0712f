#include "rules.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

namespace {

const std::string parent = "https://proxy.corp:3129";

} // namespace

TEST_CASE("a parent's certificate that is not trusted wants a CA") {
    const auto found = rules::parent_tls(test::answered_by_parent(
        0, "certificate verify failed: self-signed certificate", "tls", parent));
    REQUIRE(found);
    CHECK(found->id == "parent-tls");
    CHECK(
        found->summary == "The TLS handshake with the parent proxy https://proxy.corp:3129 failed: "
                          "certificate verify failed: self-signed certificate.");
    CHECK(test::has(found->remedies, "--proxy-cacert CA.pem"));
    CHECK(test::has(
        found->remedies,
        "openssl s_client -connect proxy.corp:3129 -servername proxy.corp </dev/null"));
}

TEST_CASE("a parent that speaks no TLS is perhaps a plain one") {
    const auto found = rules::parent_tls(
        test::answered_by_parent(0, "wrong version number", "tls", parent));
    REQUIRE(found);
    CHECK(test::has(found->remedies, "--via http://proxy.corp:3129"));
    CHECK(!test::has(found->remedies, "--proxy-cacert CA.pem"));
}

TEST_CASE("a parent whose TLS stands may still refuse") {
    CHECK(!rules::parent_tls(test::answered_by_parent(403, "Forbidden", "refused", parent)));
    CHECK(!rules::parent_tls(test::asked_facts()));
}
