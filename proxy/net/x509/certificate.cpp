#include "helloscope/net/x509/certificate.hpp"

#include "x509/openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace helloscope::net::x509 {

certificate::certificate(x509_st* owned) : certificate_(owned, X509_free) {}

result<std::string> certificate::pem() const {
    const bio out(BIO_new(BIO_s_mem()));
    if (!out || !PEM_write_bio_X509(out.get(), native())) {
        return openssl_failure("cannot write a certificate");
    }
    return text_of(out.get());
}

result<bytes> certificate::der() const {
    const int size = i2d_X509(native(), nullptr);
    if (size < 0) return openssl_failure("cannot encode a certificate");
    bytes out(static_cast<std::size_t>(size));
    unsigned char* position = out.data();
    i2d_X509(native(), &position);
    return out;
}

result<certificate> parse_certificate(bytes_view der) {
    const unsigned char* position = der.data();
    X509* read = d2i_X509(nullptr, &position, static_cast<long>(der.size()));
    if (!read) return openssl_failure("not a DER certificate");
    certificate parsed(read);
    if (position != der.data() + der.size()) {
        return std::unexpected(failure{"not a DER certificate: bytes follow it"});
    }
    return parsed;
}

result<std::vector<certificate>> parse_certificates(std::string_view pem) {
    const bio in = text_bio(pem);
    std::vector<certificate> all;
    while (X509* read = in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr) {
        all.emplace_back(read);
    }
    // The end of the file shows as "no start line"; anything else is a broken block.
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (all.empty() || !at_end) return openssl_failure("not a PEM certificate");
    ERR_clear_error();
    return all;
}

bool belongs_to(const private_key& key, const certificate& certificate) {
    const bool fits = X509_check_private_key(certificate.native(), key.native()) == 1;
    ERR_clear_error();
    return fits;
}

} // namespace helloscope::net::x509
