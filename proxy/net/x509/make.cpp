#include "helloscope/net/x509/make.hpp"

#include "helloscope/base/endpoint.hpp"
#include "x509/openssl.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <openssl/rand.h>

namespace helloscope::net::x509 {
namespace {

// The extensions that make a certificate what it is, as openssl.cnf writes them.
struct profile {
    const char* basic_constraints;
    const char* key_usage;
    const char* extended_key_usage; // null: none
};
constexpr profile authority{"critical,CA:TRUE", "critical,keyCertSign,cRLSign", nullptr};
constexpr profile ec_server{"critical,CA:FALSE", "critical,digitalSignature", "serverAuth"};
// RSA also encrypts the premaster secret, in versions before TLS 1.3 (RFC 5246 §7.4.2).
constexpr profile rsa_server{
    "critical,CA:FALSE", "critical,digitalSignature,keyEncipherment", "serverAuth"};

// RFC 5280 §4.1.2.2: positive, at most 20 octets.
bool set_serial(X509* certificate) {
    unsigned char octets[16];
    if (RAND_bytes(octets, sizeof octets) != 1) return false;
    octets[0] = static_cast<unsigned char>((octets[0] & 0x7f) | 0x40);
    const owned<BIGNUM, BN_free> number(BN_bin2bn(octets, sizeof octets, nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bool set_time(ASN1_TIME* field, timestamp time) {
    return ASN1_TIME_set(
        field,
        std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time)));
}

bool set_subject(X509* certificate, const std::string& common_name) {
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto add = [name](const char* field, const std::string& text) {
        return X509_NAME_add_entry_by_txt(
            name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
            static_cast<int>(text.size()), -1, 0);
    };
    return add("O", "helloscope test") && (common_name.empty() || add("CN", common_name));
}

bool add_extension(X509* certificate, X509V3_CTX* context, int id, const char* value) {
    const owned<X509_EXTENSION, X509_EXTENSION_free> extension(
        X509V3_EXT_nconf_nid(nullptr, context, id, value));
    return extension && X509_add_ext(certificate, extension.get(), -1);
}

bool add_profile(X509* certificate, X509* issuer, const profile& profile) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const auto add = [&](int id, const char* value) {
        return add_extension(certificate, &context, id, value);
    };
    // A self-signed certificate has no authority but itself, and clients want no such extension.
    const bool self = issuer == certificate;
    return add(NID_subject_key_identifier, "hash") &&
           (self || add(NID_authority_key_identifier, "keyid:always")) &&
           add(NID_basic_constraints, profile.basic_constraints) &&
           add(NID_key_usage, profile.key_usage) &&
           (!profile.extended_key_usage || add(NID_ext_key_usage, profile.extended_key_usage));
}

bool add_name(GENERAL_NAMES* names, const std::string& text) {
    const auto address = parse_ip_address(text);
    const bytes_view value = address ? address->view() : as_bytes(text);
    ASN1_STRING* string = ASN1_STRING_type_new(address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    owned<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
    if (!string || !name) return false;
    GENERAL_NAME_set0_value(name.get(), address ? GEN_IPADD : GEN_DNS, string);
    return ASN1_STRING_set(string, value.data(), static_cast<int>(value.size())) &&
           sk_GENERAL_NAME_push(names, name.get()) && name.release();
}

bool add_names(X509* certificate, const std::vector<std::string>& texts) {
    if (texts.empty()) return true;
    const general_names names(GENERAL_NAMES_new());
    return names &&
           std::ranges::all_of(texts, [&](auto& text) { return add_name(names.get(), text); }) &&
           X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT);
}

// A Netscape comment: every verifier knows it and none acts on it.
bool add_padding(X509* certificate, std::size_t size) {
    if (size == 0) return true;
    const owned<ASN1_IA5STRING, ASN1_IA5STRING_free> comment(ASN1_IA5STRING_new());
    const std::string text(size, '.');
    return comment && ASN1_STRING_set(comment.get(), text.data(), static_cast<int>(size)) &&
           X509_add1_ext_i2d(
               certificate, NID_netscape_comment, comment.get(), 0, X509V3_ADD_DEFAULT);
}

bool is_dns_name(std::string_view name) {
    if (name.starts_with("*.")) name.remove_prefix(2);
    if (name.empty() || name.size() > 253) return false;
    std::size_t label = 0;
    for (const char c : name) {
        if (c == '.') {
            if (label == 0) return false;
            label = 0;
        } else {
            const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_';
            if (!fits || ++label > 63) return false;
        }
    }
    return label > 0;
}

result<void> check(const request& request) {
    for (const std::string& name : request.names) {
        if (is_server_name(name)) continue;
        return std::unexpected(failure{fmt::format(
            "'{}' is not a DNS name or an IP address, such as registry.test or 127.0.0.1", name)});
    }
    if (request.valid.from >= request.valid.until) {
        return std::unexpected(failure{"the certificate would end before it begins"});
    }
    return {};
}

// `issuer` is null for a certificate that signs itself.
result<identity> make(const identity* issuer, const request& request, const profile& profile) {
    if (const auto fine = check(request); !fine) return std::unexpected(fine.error());
    auto key = make_key(request.key);
    if (!key) return std::unexpected(key.error());
    const certificate made(X509_new());
    X509* raw = made.native();
    if (!raw) return openssl_failure("cannot make a certificate");
    X509* above = issuer ? issuer->certificate.native() : raw;
    EVP_PKEY* signer = issuer ? issuer->key.native() : key->native();
    const bool complete = X509_set_version(raw, X509_VERSION_3) && set_serial(raw) &&
                          set_subject(raw, request.common_name) &&
                          X509_set_issuer_name(raw, X509_get_subject_name(above)) &&
                          set_time(X509_getm_notBefore(raw), request.valid.from) &&
                          set_time(X509_getm_notAfter(raw), request.valid.until) &&
                          X509_set_pubkey(raw, key->native()) && add_profile(raw, above, profile) &&
                          add_names(raw, request.names) && add_padding(raw, request.padding) &&
                          X509_sign(raw, signer, EVP_sha256()) > 0;
    if (!complete) {
        return openssl_failure(
            fmt::format("cannot make the certificate '{}'", request.common_name));
    }
    return identity{made, std::move(*key)};
}

} // namespace

bool is_server_name(std::string_view text) { return is_dns_name(text) || parse_ip_address(text); }

result<identity> make_ca(const request& request) { return make(nullptr, request, authority); }

result<identity> make_intermediate(const identity& issuer, const request& request) {
    return make(&issuer, request, authority);
}

result<identity> make_leaf(const identity& issuer, const request& request) {
    if (request.names.empty()) return std::unexpected(failure{"a server certificate needs a name"});
    return make(&issuer, request, request.key == key_type::rsa_2048 ? rsa_server : ec_server);
}

} // namespace helloscope::net::x509
