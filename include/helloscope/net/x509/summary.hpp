// What a report says of one certificate. It describes, it does not verify.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/result.hpp"
#include "helloscope/base/time.hpp"

#include <string>
#include <vector>

namespace helloscope::net::x509 {

struct certificate_summary {
    std::string subject; // RFC 2253: "CN=registry.test,O=…"
    std::string issuer;
    timestamp not_before; // held at the ends of what a timestamp can say, the year 2262
    timestamp not_after;
    std::vector<std::string> names; // subjectAltName: DNS names and IP addresses
    bool self_signed = false;       // by its own key, verified
    std::string key;                // "EC P-256", "RSA 2048"
    std::size_t der_size = 0;
};

result<certificate_summary> summarize(bytes_view der);

} // namespace helloscope::net::x509
