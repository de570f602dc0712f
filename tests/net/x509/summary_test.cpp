#include "helloscope/net/x509/summary.hpp"

#include "helloscope/net/x509/chains.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::net::x509;

namespace {

const timestamp now{std::chrono::seconds(1'795'213'175)};

// Ed25519, valid 1950 to 9999, an escape sequence in its subject and in a name, issued by another.
constexpr std::string_view odd_pem = R"(
-----BEGIN CERTIFICATE-----
MIIBBDCBt6ADAgECAgEHMAUGAytlcDAVMRMwEQYDVQQDDApvdGhlciwgaW5jMCAX
DTUwMDEwMTAwMDAwMFoYDzk5OTkxMjMxMjM1OTU5WjAYMRYwFAYDVQQDDA1yw6ln
aXN0cmUbWzJKMCowBQYDK2VwAyEAyVX8tWH/IvR69O8n+ZYTNl18+lP91P6JkQLu
1A4FpRCjJzAlMCMGA1UdEQQcMBqCCGEbYi50ZXN0gQh4QHkudGVzdIcEwAACATAF
BgMrZXADQQB26Br7MpLzywDGCVH26MPnWra+okjfcSTuTVIn8mHLKxnlz1GorWVe
Os0kj3tN9nCwaTvFexBo/vqM++HH+GEH
-----END CERTIFICATE-----
)";

bytes odd() { return parse_certificates(odd_pem)->front().der().value(); }

} // namespace

TEST_CASE("a leaf is described") {
    chain_options options;
    options.names = {"registry.test", "*.registry.test", "127.0.0.1", "::1"};
    options.now = now;
    const identity ca = make_test_ca(options).value();
    const chain chain = make_chain(ca, chain_kind::leaf, options).value();
    const bytes der = chain.certificates.front().der().value();
    const certificate_summary leaf = summarize(der).value();
    CHECK(leaf.subject == "CN=registry.test,O=helloscope test");
    CHECK(leaf.issuer == "CN=helloscope test intermediate 1,O=helloscope test");
    CHECK(leaf.not_before == now - std::chrono::days(1));
    CHECK(leaf.not_after == now + std::chrono::days(365));
    CHECK(leaf.names == options.names);
    CHECK(leaf.key == "EC P-256");
    CHECK(leaf.der_size == der.size());
    CHECK_FALSE(leaf.self_signed);
    CHECK(summarize(ca.certificate.der().value())->self_signed);
}

TEST_CASE("times beyond a timestamp are held, what could steer a terminal is escaped") {
    const certificate_summary seen = summarize(odd()).value();
    CHECK(seen.subject == "CN=r\xc3\xa9gistre\\1B[2J");
    CHECK(seen.issuer == "CN=other\\, inc");
    CHECK(seen.not_before == timestamp(std::chrono::seconds(-631'152'000)));
    CHECK(seen.not_after > now + std::chrono::years(200));
    CHECK(seen.names == std::vector<std::string>{"a\\1Bb.test", "192.0.2.1"});
    CHECK(seen.key.starts_with("ED25519"));
    CHECK_FALSE(seen.self_signed);
}

TEST_CASE("arbitrary bytes are described or refused, never worse") {
    const bytes whole = odd();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CHECK_FALSE(summarize(bytes_view(whole).first(size)));
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            bytes changed = whole;
            changed[at] = static_cast<std::uint8_t>(changed[at] ^ flip);
            const auto seen = summarize(changed);
            if (seen) CHECK(seen->der_size == whole.size());
        }
    }
}
