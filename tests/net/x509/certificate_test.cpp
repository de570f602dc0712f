#include "helloscope/net/x509/certificate.hpp"

#include "helloscope/net/x509/chains.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::net::x509;

namespace {

identity test_ca() {
    chain_options options;
    options.now = timestamp(std::chrono::seconds(1'795'213'175));
    return make_test_ca(options).value();
}

} // namespace

TEST_CASE("a certificate survives PEM and DER") {
    const identity ca = test_ca();
    const bytes der = ca.certificate.der().value();
    CHECK(parse_certificate(der)->der().value() == der);
    const std::string pem = ca.certificate.pem().value();
    const auto two = parse_certificates("a comment\n" + pem + ca.key.pem().value() + pem);
    REQUIRE(two);
    REQUIRE(two->size() == 2);
    CHECK(two->at(1).der().value() == der);
}

TEST_CASE("what is no certificate is refused, cut or followed by anything") {
    const bytes der = test_ca().certificate.der().value();
    for (std::size_t size = 0; size < der.size(); ++size) {
        CHECK_FALSE(parse_certificate(bytes_view(der).first(size)));
    }
    bytes more = der;
    more.push_back(0);
    CHECK(parse_certificate(more).error().message == "not a DER certificate: bytes follow it");
    CHECK(parse_certificates("").error().message == "not a PEM certificate: no start line");
}

TEST_CASE("a file whose second block is broken is refused whole") {
    const std::string pem = test_ca().certificate.pem().value();
    std::string broken = pem;
    broken.replace(100, 4, "!!!!");
    CHECK_FALSE(parse_certificates(pem + broken));
    CHECK_FALSE(parse_certificates(pem + pem.substr(0, pem.size() / 2)));
}

TEST_CASE("a key belongs to its certificate alone") {
    const identity one = test_ca(), other = test_ca();
    CHECK(belongs_to(one.key, one.certificate));
    CHECK_FALSE(belongs_to(other.key, one.certificate));
}
