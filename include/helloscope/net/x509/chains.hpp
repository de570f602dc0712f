// The chains a test server can show, one good and the others each wrong in one way. certs/README.md
// says what a client answers to each.
#pragma once

#include "helloscope/net/x509/make.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace helloscope::net::x509 {

enum class chain_kind : std::uint8_t { leaf, oversized, expired, wrong_name, missing_intermediate };

struct chain_row {
    chain_kind kind;
    std::string_view name; // as on the command line: "wrong-name"
    std::string_view summary;
};
std::span<const chain_row> chain_rows();
std::optional<chain_kind> parse_chain_kind(std::string_view name);

struct chain_options {
    std::vector<std::string> names; // of the server; wrong_name alone uses another
    timestamp now;
    duration lifetime = std::chrono::days(365);
    // Certificates of `oversized` together, in DER: at least this, at most 2 KiB more. Clients give
    // up at about 100,000 (OpenSSL's SSL_MAX_CERT_LIST_DEFAULT).
    std::size_t oversized_bytes = 20'000;
};

// As a server sends it: the leaf first, then its issuers, without the CA.
struct chain {
    std::vector<certificate> certificates;
    private_key key; // of the leaf
};

// A CA that outlives every chain with the same options.
result<identity> make_test_ca(const chain_options& options);
result<chain> make_chain(const identity& ca, chain_kind kind, const chain_options& options);

result<std::string> pem(std::span<const certificate> certificates);

} // namespace helloscope::net::x509
