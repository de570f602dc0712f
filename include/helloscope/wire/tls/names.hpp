// The IANA and RFC names of TLS code points, for people and JSON. Empty when unknown: show the
// number.
#pragma once

#include <cstdint>
#include <string_view>

namespace helloscope::wire::tls {

std::string_view content_type_name(std::uint8_t type);        // "handshake"
std::string_view handshake_type_name(std::uint8_t type);      // "client_hello"
std::string_view alert_level_name(std::uint8_t level);        // "fatal"
std::string_view alert_name(std::uint8_t description);        // "bad_certificate"
std::string_view version_name(std::uint16_t version);         // "TLS 1.3"
std::string_view cipher_suite_name(std::uint16_t suite);      // "TLS_AES_128_GCM_SHA256"
std::string_view group_name(std::uint16_t group);             // "X25519MLKEM768"
std::string_view extension_name(std::uint16_t id);            // "server_name"
std::string_view signature_scheme_name(std::uint16_t scheme); // "ecdsa_secp256r1_sha256"

} // namespace helloscope::wire::tls
