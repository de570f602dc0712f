#include "x509/openssl.hpp"

#include <openssl/err.h>

namespace helloscope::net::x509 {

std::unexpected<failure> openssl_failure(std::string_view what) {
    const unsigned long code = ERR_get_error(); // the first is the cause, later ones repeat it
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    std::string message(what);
    message += ": ";
    message += reason ? reason : "OpenSSL gives no reason";
    return std::unexpected(failure{std::move(message)});
}

bio text_bio(std::string_view text) {
    return bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

} // namespace helloscope::net::x509
