// Tells the life of one TCP leg as packets that fit together: sequence numbers, acknowledgements,
// open and close. These are not the packets that were on the wire: a read is not a segment.
#pragma once

#include "helloscope/base/direction.hpp"
#include "helloscope/wire/packet/tcp_headers.hpp"

namespace helloscope::wire::packet {

class synthetic_stream {
  public:
    // Streams that use the same ports again should differ in `initial_sequence`, else Wireshark
    // takes their SYN for a retransmission. Both endpoints must be of one family.
    synthetic_stream(
        const endpoint& client, const endpoint& server, std::uint32_t initial_sequence = 0);

    // SYN (to_server), SYN-ACK (to_client), ACK (to_server). `mss` 0: not known, not written.
    std::array<tcp_headers, 3> opened(std::uint16_t mss = 0);

    // A packet of `length` bytes, of which `payload` is the captured beginning. At most
    // longest_payload; a longer run is several packets, or skipped().
    tcp_headers data(direction way, bytes_view payload, std::size_t length);

    // Bytes that passed and are not told: later packets count them.
    void skipped(direction way, std::uint64_t length) {
        next_[index_of(way)] += static_cast<std::uint32_t>(length);
    }

    // This direction ends: its FIN, and the other side's ACK. Each direction ends for itself.
    std::array<tcp_headers, 2> finished(direction way);

    // Nothing but an acknowledgement of what came the other way.
    tcp_headers acknowledged(direction way) const;

    // Sent in this direction, it ends both.
    tcp_headers reset(direction way) const;

  private:
    tcp_packet make(direction way, std::uint8_t flags) const;

    std::array<endpoint, 2> ends_;        // that send to_server, to_client
    std::array<std::uint32_t, 2> next_{}; // sequence number, counted modulo 2^32
};

} // namespace helloscope::wire::packet
