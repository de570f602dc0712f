#include "helloscope/net/x509/make.hpp"

#include "helloscope/net/x509/summary.hpp"

#include "support/catch.hpp"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

using namespace helloscope;
using namespace helloscope::net::x509;
using namespace std::chrono_literals;

namespace {

const timestamp now{std::chrono::seconds(1'795'213'175)};

request asked(std::string common_name, std::vector<std::string> names = {}) {
    request request;
    request.common_name = std::move(common_name);
    request.names = std::move(names);
    request.valid = {now - 24h, now + 24h};
    return request;
}

certificate_summary summary_of(const identity& identity) {
    return summarize(identity.certificate.der().value()).value();
}

bool signed_by(const identity& issuer, const identity& subject) {
    return X509_verify(subject.certificate.native(), issuer.key.native()) == 1;
}

} // namespace

TEST_CASE("a CA signs an intermediate, which signs a leaf") {
    const identity ca = make_ca(asked("CA")).value();
    const identity link = make_intermediate(ca, asked("link")).value();
    const identity leaf = make_leaf(link, asked("a", {"registry.test", "*.test", "::1"})).value();
    CHECK(signed_by(ca, ca));
    CHECK(signed_by(ca, link));
    CHECK(signed_by(link, leaf));
    CHECK_FALSE(signed_by(ca, leaf));
    CHECK(X509_check_ca(ca.certificate.native()) == 1);
    CHECK(X509_check_ca(link.certificate.native()) == 1);
    CHECK(X509_check_ca(leaf.certificate.native()) == 0);
    CHECK(X509_check_issued(link.certificate.native(), leaf.certificate.native()) == X509_V_OK);
    CHECK(belongs_to(leaf.key, leaf.certificate));
    CHECK(X509_check_host(leaf.certificate.native(), "registry.test", 0, 0, nullptr) == 1);
    CHECK(X509_check_host(leaf.certificate.native(), "other.example", 0, 0, nullptr) == 0);
    CHECK(X509_check_ip_asc(leaf.certificate.native(), "::1", 0) == 1);
}

TEST_CASE("validity, names and key are as asked") {
    request wanted = asked("CA");
    wanted.key = key_type::rsa_2048;
    const identity ca = make_ca(wanted).value();
    const auto seen = summary_of(ca);
    CHECK(seen.not_before == now - 24h);
    CHECK(seen.not_after == now + 24h);
    CHECK(seen.key == "RSA 2048");
    CHECK(make_leaf(ca, asked("", {"registry.test"})));
}

TEST_CASE("a leaf may sign, and with RSA encipher keys as well") {
    const identity ca = make_ca(asked("CA")).value();
    request wanted = asked("", {"registry.test"});
    const auto usage = [&] {
        return X509_get_key_usage(make_leaf(ca, wanted)->certificate.native());
    };
    CHECK(usage() == KU_DIGITAL_SIGNATURE);
    wanted.key = key_type::rsa_2048;
    CHECK(usage() == (KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT));
}

TEST_CASE("padding grows a certificate by what was asked and a few bytes of framing") {
    const auto size = [](std::size_t padding) {
        request wanted = asked("CA");
        wanted.padding = padding;
        return summary_of(make_ca(wanted).value()).der_size;
    };
    const std::size_t bare = size(0), large = size(5'000);
    CHECK(large >= bare + 5'000);
    CHECK(large <= bare + 5'050);
}

TEST_CASE("serial numbers differ") {
    const identity one = make_ca(asked("CA")).value(), two = make_ca(asked("CA")).value();
    CHECK(
        ASN1_INTEGER_cmp(
            X509_get0_serialNumber(one.certificate.native()),
            X509_get0_serialNumber(two.certificate.native())) != 0);
}

TEST_CASE("a request that cannot be met says which part") {
    const identity ca = make_ca(asked("CA")).value();
    const std::string label(64, 'a');
    for (const std::string& name : std::vector<std::string>{
             "", "*", "a..b", ".a", "a.", "a b", "a,DNS:b", "*.*.test", label + ".test",
             std::string("a\0b", 3), "h\xc3\xb6st"}) {
        INFO(name);
        CHECK_FALSE(is_server_name(name));
        const auto made = make_leaf(ca, asked("x", {name}));
        REQUIRE_FALSE(made);
        CHECK(made.error().message.find("'" + name + "' is not a DNS name or an IP address") == 0);
    }
    CHECK(make_leaf(ca, asked("x")).error().message == "a server certificate needs a name");
    CHECK(make_ca(asked(std::string(65, 'c'))).error().message.ends_with(": string too long"));
    request backwards = asked("x");
    std::swap(backwards.valid.from, backwards.valid.until);
    CHECK(make_ca(backwards).error().message == "the certificate would end before it begins");
}
