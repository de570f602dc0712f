// OpenSSL's contexts for the TLS that ends here: of clients that reach us as an HTTPS proxy, and of
// ours to an https:// parent. The TLS of a flow between its client and its server is never opened.
#pragma once

#include "helloscope/base/result.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st; // OpenSSL's SSL_CTX

namespace helloscope::net {

// Values: copies share the one context, which nobody changes any more.
class tls_server_context {
  public:
    // TLS 1.2 and 1.3, no tickets; of ALPN http/1.1 alone. The chain begins with the leaf.
    static result<tls_server_context> make(std::string_view chain_pem, std::string_view key_pem);
    ssl_ctx_st* native() const { return context_.get(); }

  private:
    std::shared_ptr<ssl_ctx_st> context_;
};

enum class peer_check : std::uint8_t { verify, accept_any };

class tls_client_context {
  public:
    // `ca_file` holds all that is trusted, as PEM: CAs, or a server's own certificate. Empty: what
    // the system trusts. The failure names the file.
    static result<tls_client_context> make(const std::string& ca_file, peer_check check);
    ssl_ctx_st* native() const { return context_.get(); }

  private:
    std::shared_ptr<ssl_ctx_st> context_;
};

// For servers with a context of their own. The chain begins with the leaf.
result<void> use_identity(
    ssl_ctx_st* context, std::string_view chain_pem, std::string_view key_pem);
// A client that offers none of them gets the alert (RFC 7301 section 3.2); without its offer the
// extension is not answered.
result<void> answer_alpn(ssl_ctx_st* context, std::span<const std::string> protocols);

} // namespace helloscope::net
