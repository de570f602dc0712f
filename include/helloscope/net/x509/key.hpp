// A private key for tests and local CAs: made, read and written as PEM. Not a keystore: nothing
// here touches a file, whoever writes the PEM chooses its mode.
#pragma once

#include "helloscope/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st; // OpenSSL's EVP_PKEY

namespace helloscope::net::x509 {

enum class key_type : std::uint8_t { ec_p256, rsa_2048 };

// A value: copies share the one immutable key.
class private_key {
  public:
    explicit private_key(evp_pkey_st* owned);
    evp_pkey_st* native() const { return key_.get(); }
    result<std::string> pem() const; // PKCS #8, not encrypted

  private:
    std::shared_ptr<evp_pkey_st> key_;
};

result<private_key> make_key(key_type type);
result<private_key> parse_private_key(std::string_view pem);

} // namespace helloscope::net::x509
