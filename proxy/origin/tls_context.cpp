#include "tls_context.hpp"

#include "helloscope/net/x509/certificate.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sstream>

namespace helloscope::origin {
namespace {

namespace x509 = net::x509;

std::unexpected<failure> refused(std::string_view what) {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    ERR_clear_error();
    return std::unexpected(
        failure{fmt::format("{}: {}", what, reason ? reason : "OpenSSL refuses it")});
}

result<void> use_chain(SSL_CTX* context, const tls_options& options) {
    const auto chain = x509::parse_certificates(options.chain);
    if (!chain) return std::unexpected(chain.error());
    const auto key = x509::parse_private_key(options.key);
    if (!key) return std::unexpected(key.error());
    if (!x509::belongs_to(*key, chain->front())) {
        return std::unexpected(failure{"the key does not belong to the first certificate"});
    }
    if (SSL_CTX_use_certificate(context, chain->front().native()) != 1) {
        return refused("the certificate");
    }
    for (std::size_t i = 1; i < chain->size(); ++i) {
        if (SSL_CTX_add1_chain_cert(context, (*chain)[i].native()) != 1)
            return refused("the chain");
    }
    if (SSL_CTX_use_PrivateKey(context, key->native()) != 1) return refused("the key");
    return {};
}

// OpenSSL keeps the names of TLS 1.3 apart from those of the versions before it.
struct cipher_names {
    std::string suites; // TLS 1.3
    std::string list;
};
cipher_names split(const std::string& ciphers) {
    cipher_names names;
    std::istringstream all(ciphers);
    for (std::string name; std::getline(all, name, ':');) {
        std::string& part = name.starts_with("TLS_") ? names.suites : names.list;
        part += (part.empty() ? "" : ":") + name;
    }
    return names;
}

result<void> use_ciphers(SSL_CTX* context, const tls_options& options) {
    cipher_names names = split(options.ciphers);
    if (names.list.empty()) names.list = "DEFAULT";
    // TLS 1.0 and 1.1 sign with SHA-1, which OpenSSL 3 allows at level 0 only.
    const bool old = options.min_version < TLS1_2_VERSION;
    if (old && names.list.find("@SECLEVEL") == std::string::npos) names.list += ":@SECLEVEL=0";
    const bool taken =
        SSL_CTX_set_cipher_list(context, names.list.c_str()) == 1 &&
        (names.suites.empty() || SSL_CTX_set_ciphersuites(context, names.suites.c_str()) == 1);
    if (taken) return {};
    auto error = refused("--ciphers");
    error.error().message += ": `openssl ciphers -v` lists the names";
    return error;
}

result<void> use_versions(SSL_CTX* context, const tls_options& options) {
    if (options.min_version > options.max_version) {
        return std::unexpected(failure{"--tls-min is above --tls-max"});
    }
    if (SSL_CTX_set_min_proto_version(context, options.min_version) != 1)
        return refused("--tls-min");
    if (SSL_CTX_set_max_proto_version(context, options.max_version) != 1)
        return refused("--tls-max");
    return {};
}

// The protocols as the extension spells them (RFC 7301 §3.1), owned by the context.
using wire_list = std::vector<unsigned char>;

void free_list(void*, void* list, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<wire_list*>(list);
}

int list_slot() {
    static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_list);
    return slot;
}

int select_protocol(
    SSL* connection, const unsigned char** out, unsigned char* out_size,
    const unsigned char* offered, unsigned offered_size, void*) {
    const auto* ours = static_cast<const wire_list*>(
        SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), list_slot()));
    const int found = SSL_select_next_proto(
        const_cast<unsigned char**>(out), out_size, ours->data(),
        static_cast<unsigned>(ours->size()), offered, offered_size);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

result<void> use_alpn(SSL_CTX* context, const tls_options& options) {
    if (options.alpn.empty()) return {};
    auto list = std::make_unique<wire_list>();
    for (const std::string& name : options.alpn) {
        if (name.empty() || name.size() > 255) {
            return std::unexpected(failure{"--alpn: a protocol has 1 to 255 bytes"});
        }
        list->push_back(static_cast<unsigned char>(name.size()));
        list->insert(list->end(), name.begin(), name.end());
    }
    if (SSL_CTX_set_ex_data(context, list_slot(), list.get()) != 1) return refused("--alpn");
    list.release();
    SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
    return {};
}

result<void> use_record_size(SSL_CTX* context, const tls_options& options) {
    if (SSL_CTX_set_max_send_fragment(context, static_cast<long>(options.record_size)) == 1)
        return {};
    return std::unexpected(failure{"--record-size: a number from 512 to 16384"});
}

} // namespace

result<boost::asio::ssl::context> make_tls_context(const tls_options& options) {
    boost::asio::ssl::context context(boost::asio::ssl::context::tls_server);
    SSL_CTX* native = context.native_handle();
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS); // for many idle connections
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
    // Ciphers first: their security level decides which certificates are accepted.
    for (const auto step : {use_versions, use_ciphers, use_chain, use_alpn, use_record_size}) {
        if (const auto done = step(native, options); !done) return std::unexpected(done.error());
    }
    return context;
}

} // namespace helloscope::origin
