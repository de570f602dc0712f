#include "helloscope/wire/tls/certificate.hpp"

#include "fixtures.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

namespace {

bytes certificate_body() {
    for (const auto& turn : test::dialogue("tls12"))
        if (turn.way == direction::to_client && turn.record[5] == 11)
            return to_bytes(bytes_view(turn.record).subspan(9));
    throw std::runtime_error("no Certificate");
}

} // namespace

TEST_CASE("a chain is a list of views, leaf first") {
    const auto body = certificate_body();
    const auto certificate = parse_certificate(body);
    REQUIRE(certificate);
    CHECK(certificate->size == body.size() + 4);
    REQUIRE(certificate->chain.size() == 2);
    CHECK(certificate->chain[0].data() == body.data() + 6);
    CHECK(certificate->chain[0].size() + certificate->chain[1].size() + 9 == body.size());
    for (const auto& der : certificate->chain) CHECK(der[0] == 0x30);
}

TEST_CASE("a client without a certificate sends an empty chain") {
    const auto certificate = parse_certificate(hex("000000"));
    REQUIRE(certificate);
    CHECK(certificate->chain.empty());
    CHECK(certificate->size == 7);
}

TEST_CASE("a chain that contradicts its lengths is refused where it does") {
    struct row {
        const char* name;
        const char* body;
        parse_error error;
    };
    const row rows[] = {
        {"nothing", "", {errc::malformed, 0, "certificate_list"}},
        {"list cut", "000004 0000", {errc::malformed, 3, "certificate_list"}},
        {"entry cut", "000005 000003 aabb", {errc::malformed, 6, "ASN.1Cert"}},
        {"bytes behind", "000000 aa", {errc::malformed, 3, "Certificate"}},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        const auto certificate = parse_certificate(hex(row.body));
        REQUIRE_FALSE(certificate);
        CHECK(certificate.error() == row.error);
    }
}

TEST_CASE("a Certificate cut at every byte is refused") {
    const auto body = certificate_body();
    for (std::size_t cut = 0; cut < body.size(); ++cut)
        CHECK_FALSE(parse_certificate(bytes_view(body).first(cut)));
    test::mutated(body, 1000, 5, [](const bytes& input) {
        if (const auto certificate = parse_certificate(input))
            CHECK(certificate->size == input.size() + 4);
    });
}
