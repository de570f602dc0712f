// Whether a chain is what a client would trust (RFC 5280 section 6): all that is wrong with it, not
// the first fault alone. No revocation: nothing is fetched.
#pragma once

#include "helloscope/base/time.hpp"
#include "helloscope/net/x509/certificate.hpp"

#include <span>

struct x509_store_st; // OpenSSL's X509_STORE

namespace helloscope::net::x509 {

// Whom to trust. A value: copies share the one store, which nobody changes any more.
class roots {
  public:
    // `ca_file` holds all that is trusted, as PEM: CAs, or a server's own certificate. Empty: what
    // the system trusts. The failure names the file.
    static result<roots> make(const std::string& ca_file);
    x509_store_st* native() const { return store_.get(); }

  private:
    std::shared_ptr<x509_store_st> store_;
};

struct verification {
    // OpenSSL's words, each once: "certificate has expired", "hostname mismatch", "unable to get
    // local issuer certificate" …; none: it verifies.
    std::vector<std::string> errors;
    // The issuer of the leaf, where neither the server sends it nor is it trusted: an incomplete
    // chain, or a leaf of an unknown root's own. RFC 2253, as in a certificate_summary.
    std::string missing;
};

// `sent` as it came, the leaf first; at least one. `name` is whom the leaf must be for: a DNS name
// or an IP address.
verification verify_server(
    const roots& trusted, std::span<const certificate> sent, std::string_view name, timestamp now);

} // namespace helloscope::net::x509
