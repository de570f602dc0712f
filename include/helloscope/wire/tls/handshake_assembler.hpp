// Puts handshake messages together (RFC 8446 section 4) from the bodies of handshake records:
// several in one record, or one over many. It knows their frame only.
//
//     type:1  length:3  body:length
#pragma once

#include "helloscope/base/bytes.hpp"

#include <array>
#include <optional>

namespace helloscope::wire::tls {

enum class handshake_type : std::uint8_t {
    hello_request = 0,
    client_hello = 1,
    server_hello = 2,
    new_session_ticket = 4,
    end_of_early_data = 5,
    encrypted_extensions = 8,
    certificate = 11,
    server_key_exchange = 12,
    certificate_request = 13,
    server_hello_done = 14,
    certificate_verify = 15,
    client_key_exchange = 16,
    finished = 20,
    certificate_url = 21,
    certificate_status = 22,
    key_update = 24,
    compressed_certificate = 25,
    message_hash = 254,
};

inline constexpr std::size_t handshake_header_size = 4;

// A complete message. `body` views the input or the assembler's buffer until the next call.
struct assembled_message {
    std::uint8_t type = 0;
    std::uint32_t length = 0; // of the body
    std::uint64_t offset = 0; // of the message among the handshake bytes of this direction
    bytes_view body;
    bool truncated = false; // longer than the limit: counted to its end, body empty

    bool is(handshake_type other) const { return type == static_cast<std::uint8_t>(other); }
};

// A message that has begun and is not complete.
struct partial_message {
    std::uint8_t type = 0;
    std::uint32_t length = 0;   // of the body, as announced
    std::uint32_t received = 0; // of the body so far
    bool operator==(const partial_message&) const = default;
};

class handshake_assembler {
  public:
    static constexpr std::size_t default_limit = 128 * 1024;

    explicit handshake_assembler(std::size_t limit = default_limit) : limit_(limit) {}

    // Consumes from the front of `input` up to the end of one message; nothing when it is used up.
    // Buffers only messages that came in pieces, and only bytes that are there.
    std::optional<assembled_message> next(bytes_view& input);

    // The message that has begun and not ended, once its header is known.
    std::optional<partial_message> partial() const;

    // Handshake bytes went by unseen, so message borders are unknown: what follows is passed over.
    void lose();

  private:
    assembled_message finish(bytes_view body);

    std::size_t limit_;
    std::uint64_t offset_ = 0; // of the current message
    std::array<std::uint8_t, handshake_header_size> header_{};
    std::uint8_t header_size_ = 0;
    std::uint32_t length_ = 0;
    std::uint32_t received_ = 0;
    bytes buffer_;
    bool lost_ = false;
};

} // namespace helloscope::wire::tls
