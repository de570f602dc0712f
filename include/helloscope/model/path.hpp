// What a kernel knows of one TCP connection (Linux: TCP_INFO), at one moment. A field that the
// source cannot know (an older kernel, a capture) is empty, never zero.
// Pitfalls: `bytes_acked` counts our SYN where we connected; `bytes_received` counts the peer's
// FIN; `total_retrans` counts retransmitted SYNs, `bytes_retrans` does not; `rcv_mss` starts at
// 536.
#pragma once

#include "helloscope/base/known.hpp"
#include "helloscope/base/time.hpp"

#include <cstdint>
#include <optional>

namespace helloscope::model {

// Names are those of struct tcp_info without the prefix. Sizes in bytes, counts in packets.
struct path_sample {
    known<duration> rto, rtt, rttvar, min_rtt;
    known<duration> last_data_sent, last_data_recv, last_ack_recv; // ago
    known<std::uint64_t> bytes_acked, bytes_received, bytes_sent, bytes_retrans;
    known<std::uint32_t> snd_mss, rcv_mss, advmss, pmtu;
    known<std::uint32_t> unacked, sacked, lost, total_retrans, snd_cwnd;
    known<std::uint32_t> segs_out, segs_in, data_segs_in, data_segs_out;
    known<std::uint32_t> notsent_bytes, rcv_ooopack, dsack_dups, reord_seen;
    // Memory that segments behind a gap take now, when all before the gap has been read; the count
    // rcv_ooopack never falls.
    known<std::uint32_t> rcv_held;
    known<std::uint8_t> state, ca_state, retransmits, backoff;
    std::optional<bool> timestamps, sack;
    bool operator==(const path_sample&) const = default;
};

} // namespace helloscope::model
