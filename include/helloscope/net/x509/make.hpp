// Certificates made on the spot for tests and demonstrations: a CA, intermediates, leaves.
// Not a CA for production: no revocation, no policy, serial numbers from the random generator.
#pragma once

#include "helloscope/base/time.hpp"
#include "helloscope/net/x509/certificate.hpp"
#include "helloscope/net/x509/key.hpp"

#include <string>
#include <vector>

namespace helloscope::net::x509 {

struct validity {
    timestamp from;
    timestamp until;
};

// What is asked for. `names` are DNS names, `*.` wildcards and IP addresses, for a leaf only.
struct request {
    std::string common_name; // at most 64 characters (RFC 5280 A.1)
    std::vector<std::string> names;
    validity valid;
    key_type key = key_type::ec_p256;
    std::size_t padding = 0; // bytes of a comment that no verifier reads, to make it large
};

bool is_server_name(std::string_view text); // may stand in `names`

// A certificate and the key that signs in its name.
struct identity {
    x509::certificate certificate;
    private_key key;
};

result<identity> make_ca(const request& request);
result<identity> make_intermediate(const identity& issuer, const request& request);
result<identity> make_leaf(const identity& issuer, const request& request); // needs a name

} // namespace helloscope::net::x509
