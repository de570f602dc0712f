#include "helloscope/net/x509/summary.hpp"

#include "helloscope/base/endpoint.hpp"
#include "helloscope/net/x509/certificate.hpp"
#include "x509/openssl.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/err.h>

namespace helloscope::net::x509 {
namespace {

std::string name_text(const X509_NAME* name) {
    const bio out(BIO_new(BIO_s_mem()));
    // UTF-8 stays readable, control characters are escaped.
    const unsigned long flags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    if (!out || X509_NAME_print_ex(out.get(), name, 0, flags) < 0) return {};
    return text_of(out.get());
}

result<timestamp> time_of(const ASN1_TIME* time) {
    std::tm fields{};
    if (!ASN1_TIME_to_tm(time, &fields)) return openssl_failure("not a time of a certificate");
    const std::int64_t highest =
        std::chrono::floor<std::chrono::seconds>(timestamp::max()).time_since_epoch().count();
    const std::int64_t lowest = -highest; // nanoseconds reach from 1677 to 2262, X.509 to 9999
    return timestamp(
        std::chrono::seconds(std::clamp<std::int64_t>(::timegm(&fields), lowest, highest)));
}

std::string escaped(bytes_view name) {
    std::string out;
    for (const std::uint8_t octet : name) {
        const bool plain = octet > 0x20 && octet < 0x7f && octet != '\\';
        out += plain ? std::string(1, static_cast<char>(octet)) : fmt::format("\\{:02X}", octet);
    }
    return out;
}

std::string name_of(const GENERAL_NAME& name) {
    const ASN1_STRING* value = name.type == GEN_DNS ? name.d.dNSName : name.d.iPAddress;
    const bytes_view octets(
        ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value)));
    if (name.type == GEN_DNS) return escaped(octets);
    if (octets.size() != 4 && octets.size() != 16) return {};
    ip_address address{octets.size() == 16, {}};
    std::ranges::copy(octets, address.octets.begin());
    return to_string(address);
}

std::vector<std::string> names_of(const X509* certificate) {
    const general_names names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> texts;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME& name = *sk_GENERAL_NAME_value(names.get(), i);
        if (name.type != GEN_DNS && name.type != GEN_IPADD) continue;
        if (auto text = name_of(name); !text.empty()) texts.push_back(std::move(text));
    }
    return texts;
}

std::string key_of(const X509* certificate) {
    const EVP_PKEY* key = X509_get0_pubkey(certificate);
    if (!key) return "unknown";
    const char* type = EVP_PKEY_get0_type_name(key);
    char group[64];
    if (EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) != 1) {
        return fmt::format("{} {}", type ? type : "unknown", EVP_PKEY_get_bits(key));
    }
    const char* nist = EC_curve_nid2nist(OBJ_sn2nid(group));
    return fmt::format("{} {}", type ? type : "unknown", nist ? nist : group);
}

} // namespace

result<certificate_summary> summarize(bytes_view der) {
    const auto certificate = parse_certificate(der);
    if (!certificate) return std::unexpected(certificate.error());
    X509* raw = certificate->native();
    const auto from = time_of(X509_get0_notBefore(raw));
    const auto until = time_of(X509_get0_notAfter(raw));
    if (!from) return std::unexpected(from.error());
    if (!until) return std::unexpected(until.error());
    certificate_summary summary;
    summary.subject = name_text(X509_get_subject_name(raw));
    summary.issuer = name_text(X509_get_issuer_name(raw));
    summary.not_before = *from;
    summary.not_after = *until;
    summary.names = names_of(raw);
    summary.self_signed = X509_self_signed(raw, 1) == 1;
    summary.key = key_of(raw);
    summary.der_size = der.size();
    ERR_clear_error(); // an unreadable extension leaves its reason behind
    return summary;
}

} // namespace helloscope::net::x509
