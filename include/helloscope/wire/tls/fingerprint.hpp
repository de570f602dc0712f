// Names for a ClientHello that are the same for the same client software: JA3 (Salesforce, 2017)
// and JA4 (FoxIO, TLS over TCP). They identify libraries, not people; nothing here is a verdict.
#pragma once

#include "helloscope/wire/tls/client_hello.hpp"

#include <array>
#include <optional>
#include <string>

namespace helloscope::wire::tls {

std::string ja3_string(const client_hello& hello); // "771,4865-4866-…,0-11-…,29-23,0"
std::string ja3(const client_hello& hello);        // its MD5 in hex
std::string ja4(const client_hello& hello);        // "t13d1516h2_8daaf6152771_e5627efa2ab1"

struct fingerprints {
    std::string ja3, ja4;
};

// Knows those of the last few kinds of hello: one client opens many connections, and hashing costs
// more than all else that is done with a hello. Not thread-safe.
class fingerprint_memory {
  public:
    // Valid until the next call.
    const fingerprints& of(const client_hello& hello);

  private:
    struct known {
        client_hello hello;
        fingerprints prints;
    };
    std::array<std::optional<known>, 8> known_;
    std::size_t next_ = 0; // to be forgotten
};

} // namespace helloscope::wire::tls
