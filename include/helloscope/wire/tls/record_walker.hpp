// Follows one direction of a stream from record to record, fed spans of any size. It keeps at most
// five header bytes and copies no body; bodies that the kernel moves by itself are skipped by
// length. It knows framing only: which records are encrypted is the business of `conversation`.
#pragma once

#include "helloscope/wire/tls/record.hpp"

#include <array>
#include <optional>

namespace helloscope::wire::tls {

// What one step saw of one record. `body` views the input of that step.
struct piece {
    record_header header;
    std::uint64_t offset = 0; // of the record header in the stream
    bytes_view body;
    bool first = false; // no byte of the body went before this step, seen or skipped
    bool last = false;  // the record is complete
};

// Where the stream stopped being TLS: what stood where a record header should have.
struct lost_at {
    std::uint64_t offset = 0;
    std::array<std::uint8_t, record_header_size> bytes{};
    bool operator==(const lost_at&) const = default;
};

class record_walker {
  public:
    // Consumes from the front of `input` up to the end of one record at most. Nothing comes back
    // when the input is used up or the walker is lost; of a record without a body, first and last
    // at once. A header is judged when all five bytes are there, so results do not depend on how it
    // was cut.
    std::optional<piece> next(bytes_view& input);

    // `n` body bytes went by unseen, n <= remaining(). A piece without body when that ends the
    // record.
    std::optional<piece> skip(std::uint64_t n);

    // Between a complete header and the last byte of its body; current() and remaining() are about
    // it.
    bool in_record() const { return remaining_ > 0; }
    const record_header& current() const { return header_; }
    std::uint32_t remaining() const { return remaining_; }

    // Sticky; input is left unconsumed from then on. Bytes of a header that came in an earlier span
    // are only in `bytes`.
    const std::optional<lost_at>& lost() const { return lost_; }
    // Lost at offset 0 on a ClientHello in the SSLv2 format (RFC 5246 appendix E.2).
    bool sslv2() const;

    bool started() const { return started_; }        // at least one header was a record's
    std::uint64_t offset() const { return offset_; } // stream offset of the next byte
    // The bytes of a header that is not complete yet.
    bytes_view partial_header() const { return bytes_view(held_).first(held_size_); }

  private:
    bool take_header(bytes_view& input);
    bool begin(bytes_view header);
    piece step(bytes_view body, std::uint32_t size);

    record_header header_;
    std::uint64_t header_offset_ = 0;
    std::uint64_t offset_ = 0;
    std::uint32_t remaining_ = 0;
    std::array<std::uint8_t, record_header_size> held_{};
    std::uint8_t held_size_ = 0;
    bool started_ = false;
    std::optional<lost_at> lost_;
};

} // namespace helloscope::wire::tls
