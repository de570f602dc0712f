#include "helloscope/net/x509/key.hpp"

#include "x509/openssl.hpp"

#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace helloscope::net::x509 {
namespace {

// Without it OpenSSL would ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

} // namespace

private_key::private_key(evp_pkey_st* owned) : key_(owned, EVP_PKEY_free) {}

result<std::string> private_key::pem() const {
    const bio out(BIO_new(BIO_s_mem()));
    if (!out ||
        !PEM_write_bio_PrivateKey(out.get(), native(), nullptr, nullptr, 0, nullptr, nullptr)) {
        return openssl_failure("cannot write a private key");
    }
    return text_of(out.get());
}

result<private_key> make_key(key_type type) {
    EVP_PKEY* key = type == key_type::rsa_2048 ? EVP_RSA_gen(2048u) : EVP_EC_gen("P-256");
    if (!key) return openssl_failure("cannot make a key");
    return private_key(key);
}

result<private_key> parse_private_key(std::string_view pem) {
    const bio in = text_bio(pem);
    EVP_PKEY* key = in ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr)
                       : nullptr;
    if (!key) return openssl_failure("not a PEM private key");
    return private_key(key);
}

} // namespace helloscope::net::x509
