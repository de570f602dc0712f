#include "tls_context.hpp"

#include "helloscope/net/streams/tls_context.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sstream>

namespace helloscope::origin {
namespace {

std::unexpected<failure> refused(std::string_view what) {
    const char* reason = ERR_reason_error_string(ERR_get_error());
    ERR_clear_error();
    return std::unexpected(
        failure{fmt::format("{}: {}", what, reason ? reason : "OpenSSL refuses it")});
}

result<void> use_chain(SSL_CTX* context, const tls_options& options) {
    return net::use_identity(context, options.chain, options.key);
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

result<void> use_alpn(SSL_CTX* context, const tls_options& options) {
    if (options.alpn.empty()) return {};
    auto used = net::answer_alpn(context, options.alpn);
    if (!used) used.error().message.insert(0, "--alpn: ");
    return used;
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
