// An X.509 certificate (RFC 5280) and its two encodings. What is in one: summary.hpp.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/result.hpp"
#include "helloscope/net/x509/key.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct x509_st; // OpenSSL's X509

namespace helloscope::net::x509 {

// A value: copies share the one immutable certificate.
class certificate {
  public:
    explicit certificate(x509_st* owned);
    x509_st* native() const { return certificate_.get(); }
    result<std::string> pem() const;
    result<bytes> der() const;

  private:
    std::shared_ptr<x509_st> certificate_;
};

result<certificate> parse_certificate(bytes_view der); // the whole of `der`, nothing behind it
// Every certificate of a PEM file, in its order; at least one. Other PEM blocks are passed over.
result<std::vector<certificate>> parse_certificates(std::string_view pem);

bool belongs_to(const private_key& key, const certificate& certificate);

} // namespace helloscope::net::x509
