#include "helloscope/net/streams/tls_context.hpp"

#include "helloscope/net/x509/certificate.hpp"
#include "helloscope/net/x509/verify.hpp"
#include "x509/openssl.hpp"

#include <openssl/ssl.h>

namespace helloscope::net {

namespace {

using x509::openssl_failure;

std::shared_ptr<SSL_CTX> make_context(const SSL_METHOD* method) {
    std::shared_ptr<SSL_CTX> made(SSL_CTX_new(method), SSL_CTX_free);
    if (!made) return made;
    SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(made.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(made.get(), 0);
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
    // A write says at once how far it came, and is repeated from wherever its bytes are then.
    SSL_CTX_set_mode(
        made.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(made.get(), 1); // a record by one read, not its header by another
    return made;
}

// The protocols as the extension spells them (RFC 7301 section 3.1), owned by the context.
using protocol_list = std::vector<unsigned char>;

result<protocol_list> spell(std::span<const std::string> protocols) {
    protocol_list list;
    for (const std::string& name : protocols) {
        if (name.empty() || name.size() > 255)
            return std::unexpected(failure{"a protocol has 1 to 255 bytes"});
        list.push_back(static_cast<unsigned char>(name.size()));
        list.insert(list.end(), name.begin(), name.end());
    }
    return list;
}

int list_slot() {
    static const int slot = SSL_CTX_get_ex_new_index(
        0, nullptr, nullptr, nullptr, [](void*, void* list, CRYPTO_EX_DATA*, int, long, void*) {
            delete static_cast<protocol_list*>(list);
        });
    return slot;
}

int select_protocol(
    SSL* connection, const unsigned char** out, unsigned char* out_size,
    const unsigned char* offered, unsigned offered_size, void*) {
    const auto* ours = static_cast<const protocol_list*>(
        SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), list_slot()));
    const int found = SSL_select_next_proto(
        const_cast<unsigned char**>(out), out_size, ours->data(),
        static_cast<unsigned>(ours->size()), offered, offered_size);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

const std::string http_1_1[] = {"http/1.1"};

} // namespace

result<void> use_identity(SSL_CTX* context, std::string_view chain_pem, std::string_view key_pem) {
    const auto chain = x509::parse_certificates(chain_pem);
    if (!chain) return std::unexpected(chain.error());
    const auto key = x509::parse_private_key(key_pem);
    if (!key) return std::unexpected(key.error());
    if (!x509::belongs_to(*key, chain->front()))
        return std::unexpected(failure{"the key does not belong to the first certificate"});
    if (SSL_CTX_use_certificate(context, chain->front().native()) != 1)
        return openssl_failure("the certificate");
    for (std::size_t i = 1; i < chain->size(); ++i)
        if (SSL_CTX_add1_chain_cert(context, (*chain)[i].native()) != 1)
            return openssl_failure("the chain");
    if (SSL_CTX_use_PrivateKey(context, key->native()) != 1) return openssl_failure("the key");
    return {};
}

result<void> answer_alpn(SSL_CTX* context, std::span<const std::string> protocols) {
    auto list = spell(protocols);
    if (!list) return std::unexpected(list.error());
    auto owned = std::make_unique<protocol_list>(std::move(*list));
    if (SSL_CTX_set_ex_data(context, list_slot(), owned.get()) != 1)
        return openssl_failure("the list");
    owned.release();
    SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
    return {};
}

result<tls_server_context> tls_server_context::make(
    std::string_view chain_pem, std::string_view key_pem) {
    tls_server_context made;
    made.context_ = make_context(TLS_server_method());
    if (!made.context_) return openssl_failure("cannot make a TLS context");
    if (auto used = use_identity(made.native(), chain_pem, key_pem); !used)
        return std::unexpected(used.error());
    if (auto used = answer_alpn(made.native(), http_1_1); !used)
        return std::unexpected(used.error());
    return made;
}

result<tls_client_context> tls_client_context::make(const std::string& ca_file, peer_check check) {
    tls_client_context made;
    made.context_ = make_context(TLS_client_method());
    if (!made.context_) return openssl_failure("cannot make a TLS context");
    const auto offer = spell(http_1_1).value();
    SSL_CTX_set_alpn_protos(made.native(), offer.data(), static_cast<unsigned>(offer.size()));
    if (check == peer_check::accept_any) return made;
    SSL_CTX_set_verify(made.native(), SSL_VERIFY_PEER, nullptr);
    const auto trusted = x509::roots::make(ca_file);
    if (!trusted) return std::unexpected(trusted.error());
    SSL_CTX_set1_cert_store(made.native(), trusted->native());
    return made;
}

} // namespace helloscope::net
