// The header of a TLS record (RFC 8446 section 5.1, RFC 5246 section 6.2.1), not its body.
//
//     type:1  version:2  length:2  body:length
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/result.hpp"
#include "helloscope/base/writer.hpp"

namespace helloscope::wire::tls {

enum class content_type : std::uint8_t {
    change_cipher_spec = 20,
    alert = 21,
    handshake = 22,
    application_data = 23,
    heartbeat = 24,
};

struct record_header {
    std::uint8_t type = 0;
    std::uint16_t version = 0;
    std::uint16_t length = 0; // of the body

    bool is(content_type other) const { return type == static_cast<std::uint8_t>(other); }
    bool operator==(const record_header&) const = default;
};

inline constexpr std::size_t record_header_size = 5;
inline constexpr std::uint16_t max_plaintext_length = 1 << 14;
inline constexpr std::uint16_t max_tls13_ciphertext_length = max_plaintext_length + 256;
inline constexpr std::uint16_t max_ciphertext_length = max_plaintext_length + 2048; // up to TLS 1.2

// Reads the first five bytes. errc::need_more: fewer than five, and those could begin a record;
// any other error means "this is not TLS". Accepted: types 20 to 24, versions 0x0300 to 0x0304
// whatever was negotiated, bodies up to max_ciphertext_length.
parsed<record_header> parse_record_header(bytes_view input);

void write_record_header(writer& out, const record_header& header);

} // namespace helloscope::wire::tls
