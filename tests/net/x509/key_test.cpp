#include "helloscope/net/x509/key.hpp"

#include "support/catch.hpp"

#include <openssl/evp.h>

using namespace helloscope::net::x509;

TEST_CASE("a key survives the way through PEM") {
    for (const key_type type : {key_type::ec_p256, key_type::rsa_2048}) {
        const auto key = make_key(type);
        REQUIRE(key);
        const std::string pem = key->pem().value();
        CHECK(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        const auto again = parse_private_key(pem);
        REQUIRE(again);
        CHECK(EVP_PKEY_eq(key->native(), again->native()) == 1);
        CHECK(EVP_PKEY_get_bits(again->native()) == (type == key_type::rsa_2048 ? 2048 : 256));
    }
}

TEST_CASE("what is no key is refused with a reason, cut at any byte") {
    const std::string pem = make_key(key_type::ec_p256)->pem().value();
    CHECK(parse_private_key("").error().message.starts_with("not a PEM private key: "));
    for (std::size_t size = 0; size + 2 < pem.size(); size += 7) {
        CHECK_FALSE(parse_private_key(std::string_view(pem).substr(0, size)));
    }
}
