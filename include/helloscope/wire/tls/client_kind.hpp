// Which TLS library wrote a ClientHello, told by its shape: which extensions are there and how, not
// their order, which some libraries shuffle. A guess that no protocol secures: good for advice.
#pragma once

#include "helloscope/wire/tls/client_hello.hpp"

#include <string_view>

namespace helloscope::wire::tls {

enum class client_kind : std::uint8_t {
    unknown,
    go,
    openssl,
    boringssl, // with GREASE, as Chromium and what is built on it send it
    nss,       // Firefox
    gnutls,
    java,
    schannel, // Windows
    rustls,
};

client_kind kind_of(const client_hello& hello);

std::string_view to_string(client_kind kind); // "Go", "OpenSSL"; empty when unknown

} // namespace helloscope::wire::tls
