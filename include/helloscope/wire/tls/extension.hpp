// Extensions of hello messages (RFC 8446 section 4.2): where each one is, whatever is in it, and
// the numbers of those that helloscope reads. Names are in names.hpp.
#pragma once

#include "helloscope/base/reader.hpp"

#include <vector>

namespace helloscope::wire::tls {

namespace extension_type {
inline constexpr std::uint16_t server_name = 0;
inline constexpr std::uint16_t max_fragment_length = 1;
inline constexpr std::uint16_t status_request = 5;
inline constexpr std::uint16_t supported_groups = 10;
inline constexpr std::uint16_t ec_point_formats = 11;
inline constexpr std::uint16_t signature_algorithms = 13;
inline constexpr std::uint16_t alpn = 16;
inline constexpr std::uint16_t padding = 21;
inline constexpr std::uint16_t extended_master_secret = 23;
inline constexpr std::uint16_t record_size_limit = 28;
inline constexpr std::uint16_t session_ticket = 35;
inline constexpr std::uint16_t pre_shared_key = 41;
inline constexpr std::uint16_t early_data = 42;
inline constexpr std::uint16_t supported_versions = 43;
inline constexpr std::uint16_t cookie = 44;
inline constexpr std::uint16_t psk_key_exchange_modes = 45;
inline constexpr std::uint16_t signature_algorithms_cert = 50;
inline constexpr std::uint16_t key_share = 51;
inline constexpr std::uint16_t encrypted_client_hello = 0xfe0d;
inline constexpr std::uint16_t renegotiation_info = 0xff01;
} // namespace extension_type

struct extension {
    std::uint16_t id = 0;
    std::uint16_t size = 0;   // of its data
    std::uint32_t offset = 0; // of its data, from the first byte of the handshake message
    bool operator==(const extension&) const = default;
};

} // namespace helloscope::wire::tls
