// A ServerHello or a HelloRetryRequest (RFC 8446 sections 4.1.3 and 4.1.4, RFC 5246
// section 7.4.1.3): what the server chose. Owns what it holds.
#pragma once

#include "helloscope/wire/tls/extension.hpp"

#include <array>
#include <optional>
#include <string>

namespace helloscope::wire::tls {

// The last bytes of `random` when a TLS 1.3 server negotiated less (RFC 8446 section 4.1.3).
enum class downgrade : std::uint8_t { none, to_tls12, to_tls11_or_below };

struct server_hello {
    std::uint32_t size = 0; // of the handshake message, its 4 byte header included
    std::uint16_t legacy_version = 0;
    std::array<std::uint8_t, 32> random{};
    bytes legacy_session_id; // in TLS 1.3 an echo of the client's
    std::uint16_t cipher_suite = 0;
    std::uint8_t legacy_compression_method = 0;
    std::vector<extension> extensions;

    bool hello_retry_request = false;
    std::uint16_t version = 0;          // supported_versions if present, else legacy_version
    std::optional<std::uint16_t> group; // of key_share: chosen, or asked for by a HelloRetryRequest
    std::optional<std::uint16_t> selected_psk;
    std::optional<std::string> alpn;     // in clear up to TLS 1.2 only
    std::optional<std::uint16_t> cookie; // size
    downgrade sentinel = downgrade::none;
    std::vector<std::string_view> oddities; // as in client_hello

    const extension* find(std::uint16_t id) const;
    bool operator==(const server_hello&) const = default;
};

// `body` is what follows the 4 byte handshake header and must be whole.
parsed<server_hello> parse_server_hello(bytes_view body);

// TLS 1.3 and its drafts: from the ServerHello on everything but alerts and CCS is encrypted.
constexpr bool is_tls13(std::uint16_t version) { return version == 0x0304 || version >> 8 == 0x7f; }

} // namespace helloscope::wire::tls
