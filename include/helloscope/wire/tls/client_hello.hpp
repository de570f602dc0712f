// A ClientHello as it was offered (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2, RFC 6101).
// Owns what it holds; keys, tickets and other opaque values are kept as sizes only.
// What a server would merely dislike does not fail the parse: it is named in `oddities`.
#pragma once

#include "helloscope/wire/tls/extension.hpp"

#include <array>
#include <optional>
#include <string>

namespace helloscope::wire::tls {

// The SNI host name and where it stands, counted from the first byte of the handshake message.
struct server_name {
    std::string host;
    std::uint32_t offset = 0; // of the first byte of the name
    std::uint32_t size = 0;
    bool operator==(const server_name&) const = default;
};

struct key_share_entry {
    std::uint16_t group = 0;
    std::uint16_t size = 0;
    bool operator==(const key_share_entry&) const = default;
};

struct offered_psks {
    std::uint32_t identities = 0;
    std::uint32_t binders = 0;
    bool operator==(const offered_psks&) const = default;
};

// GREASE ECH cannot be told from a real outer hello (draft-ietf-tls-esni): both are `outer`.
enum class ech_kind : std::uint8_t { none, outer, inner };

struct client_hello {
    std::uint32_t size = 0; // of the handshake message, its 4 byte header included
    std::uint16_t legacy_version = 0;
    std::array<std::uint8_t, 32> random{};
    std::uint8_t legacy_session_id_size = 0;
    std::vector<std::uint16_t> cipher_suites;
    std::vector<std::uint8_t> legacy_compression_methods;
    bool has_extensions = false; // a block was there, empty or not
    std::vector<extension> extensions;

    std::optional<tls::server_name> server_name;
    std::vector<std::string> alpn;
    std::vector<std::uint16_t> supported_versions;
    std::vector<std::uint16_t> supported_groups;
    std::vector<key_share_entry> key_shares;
    std::vector<std::uint16_t> signature_algorithms;
    std::vector<std::uint16_t> signature_algorithms_cert;
    std::vector<std::uint8_t> psk_key_exchange_modes;
    std::vector<std::uint8_t> ec_point_formats;
    std::optional<offered_psks> pre_shared_key;
    std::optional<std::uint16_t> padding; // size
    std::optional<std::uint16_t> record_size_limit;
    std::optional<std::uint8_t> max_fragment_length; // its code: 1 is 2^9 ... 4 is 2^12
    std::optional<std::uint16_t> session_ticket;     // size, 0 asks for a new one
    bool early_data = false;
    bool status_request = false;
    ech_kind ech = ech_kind::none;

    // "duplicate extension", "malformed key_share" …; literals.
    std::vector<std::string_view> oddities;

    const extension* find(std::uint16_t id) const; // nullptr if it was not offered
    bool has_grease() const; // in cipher suites, extensions, groups, key shares or versions
    // The first post-quantum (hybrid) group among the key shares, which is what makes a hello
    // large.
    std::optional<std::uint16_t> post_quantum_group() const;
    // The highest version offered, GREASE aside.
    std::uint16_t highest_version() const;

    bool operator==(const client_hello&) const = default;
};

// `body` is what follows the 4 byte handshake header and must be whole, so there is no need_more.
// Fails only when the frame of the hello itself cannot be read; offsets count from the body.
parsed<client_hello> parse_client_hello(bytes_view body);

// Values reserved by RFC 8701: 0x0a0a, 0x1a1a … 0xfafa. They stay in the lists as they came.
constexpr bool is_grease(std::uint16_t value) {
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

// Groups with an ML-KEM or Kyber part.
bool is_post_quantum(std::uint16_t group);

} // namespace helloscope::wire::tls
