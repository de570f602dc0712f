#include "helloscope/wire/tls/client_kind.hpp"

#include <algorithm>

namespace helloscope::wire::tls {
namespace {

constexpr std::uint16_t status_request_v2 = 17;
constexpr std::uint16_t signed_certificate_timestamp = 18;
constexpr std::uint16_t encrypt_then_mac = 22;
constexpr std::uint16_t delegated_credential = 34;
constexpr std::uint16_t renegotiation_scsv = 0x00ff; // among the cipher suites

bool has(const client_hello& hello, std::uint16_t extension) {
    return hello.find(extension) != nullptr;
}

bool offers(const client_hello& hello, std::uint16_t suite) {
    return std::ranges::find(hello.cipher_suites, suite) != hello.cipher_suites.end();
}

} // namespace

// Each row asks for something that the rows behind it never send.
client_kind kind_of(const client_hello& hello) {
    const bool one_format = hello.ec_point_formats.size() == 1; // uncompressed
    const bool renegotiation = has(hello, extension_type::renegotiation_info);
    if (hello.has_grease()) return client_kind::boringssl;
    if (has(hello, delegated_credential)) return client_kind::nss;
    if (has(hello, status_request_v2)) return client_kind::java;
    if (has(hello, signed_certificate_timestamp) && renegotiation && !has(hello, encrypt_then_mac))
        return client_kind::go;
    if (hello.ec_point_formats.size() == 3) return client_kind::openssl;
    if (!one_format) return client_kind::unknown;
    if (renegotiation &&
        (has(hello, extension_type::record_size_limit) || has(hello, encrypt_then_mac)))
        return client_kind::gnutls;
    if (has(hello, encrypt_then_mac)) return client_kind::unknown;
    if (!renegotiation && offers(hello, renegotiation_scsv) &&
        has(hello, extension_type::extended_master_secret))
        return client_kind::rustls;
    if (renegotiation && has(hello, extension_type::extended_master_secret) &&
        !offers(hello, renegotiation_scsv))
        return client_kind::schannel;
    return client_kind::unknown;
}

std::string_view to_string(client_kind kind) {
    switch (kind) {
    case client_kind::go: return "Go";
    case client_kind::openssl: return "OpenSSL";
    case client_kind::boringssl: return "BoringSSL";
    case client_kind::nss: return "NSS";
    case client_kind::gnutls: return "GnuTLS";
    case client_kind::java: return "Java";
    case client_kind::schannel: return "Schannel";
    case client_kind::rustls: return "rustls";
    case client_kind::unknown: break;
    }
    return {};
}

} // namespace helloscope::wire::tls
