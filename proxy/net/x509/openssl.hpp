// The ends of OpenSSL that this folder needs: owners for its pointers and its errors as values.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/result.hpp"

#include <memory>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string>
#include <string_view>

namespace helloscope::net::x509 {

template <auto function> struct calls {
    void operator()(auto* pointer) const { function(pointer); }
};
template <class T, auto free> using owned = std::unique_ptr<T, calls<free>>;

using bio = owned<BIO, BIO_free_all>;
using evp_key_context = owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using general_names = owned<GENERAL_NAMES, GENERAL_NAMES_free>;

// "what: OpenSSL's first reason", and an empty error queue.
std::unexpected<failure> openssl_failure(std::string_view what);

bio text_bio(std::string_view text); // views `text`; null if memory is short
std::string text_of(BIO* memory);

} // namespace helloscope::net::x509
