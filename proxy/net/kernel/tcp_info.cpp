#include "helloscope/net/kernel/tcp_info.hpp"

#include <cstddef>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace helloscope::net {

namespace {

// A field exists when the kernel filled the struct up to its end.
#define FILLED(field) (length >= offsetof(tcp_info, field) + sizeof info.field)

struct answer {
    tcp_info info{};
    socklen_t length = sizeof info;
};

std::optional<answer> ask(int socket) {
    answer got;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &got.info, &got.length) != 0)
        return std::nullopt;
    return got;
}

// What the receive queues hold when nothing waits to be read can only be segments behind a gap.
std::optional<std::uint32_t> held_behind_gap(int socket) {
    std::uint32_t memory[SK_MEMINFO_VARS]{};
    socklen_t length = sizeof memory;
    int readable = 0;
    if (::ioctl(socket, SIOCINQ, &readable) != 0 || readable > 0 ||
        ::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, memory, &length) != 0)
        return std::nullopt;
    return memory[SK_MEMINFO_RMEM_ALLOC];
}

duration microseconds(std::uint32_t value) { return std::chrono::microseconds(value); }
duration milliseconds(std::uint32_t value) { return std::chrono::milliseconds(value); }

} // namespace

std::optional<model::path_sample> read_path(int socket) {
    const auto got = ask(socket);
    if (!got) return std::nullopt;
    const auto& [info, length] = *got;
    model::path_sample sample;
    sample.state = info.tcpi_state;
    sample.ca_state = info.tcpi_ca_state;
    sample.retransmits = info.tcpi_retransmits;
    sample.backoff = info.tcpi_backoff;
    sample.timestamps = (info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0;
    sample.sack = (info.tcpi_options & TCPI_OPT_SACK) != 0;
    sample.rto = microseconds(info.tcpi_rto);
    sample.rtt = microseconds(info.tcpi_rtt);
    sample.rttvar = microseconds(info.tcpi_rttvar);
    sample.last_data_sent = milliseconds(info.tcpi_last_data_sent);
    sample.last_data_recv = milliseconds(info.tcpi_last_data_recv);
    sample.last_ack_recv = milliseconds(info.tcpi_last_ack_recv);
    sample.snd_mss = info.tcpi_snd_mss;
    sample.rcv_mss = info.tcpi_rcv_mss;
    sample.advmss = info.tcpi_advmss;
    sample.pmtu = info.tcpi_pmtu;
    sample.unacked = info.tcpi_unacked;
    sample.sacked = info.tcpi_sacked;
    sample.lost = info.tcpi_lost;
    sample.total_retrans = info.tcpi_total_retrans;
    sample.snd_cwnd = info.tcpi_snd_cwnd;
    // min_rtt is ~0 until the first round trip was measured
    if (FILLED(tcpi_min_rtt) && info.tcpi_min_rtt != ~0U)
        sample.min_rtt = microseconds(info.tcpi_min_rtt);
    if (FILLED(tcpi_bytes_acked)) sample.bytes_acked = info.tcpi_bytes_acked;
    if (FILLED(tcpi_bytes_received)) sample.bytes_received = info.tcpi_bytes_received;
    if (FILLED(tcpi_segs_out)) sample.segs_out = info.tcpi_segs_out;
    if (FILLED(tcpi_segs_in)) sample.segs_in = info.tcpi_segs_in;
    if (FILLED(tcpi_notsent_bytes)) sample.notsent_bytes = info.tcpi_notsent_bytes;
    if (FILLED(tcpi_data_segs_in)) sample.data_segs_in = info.tcpi_data_segs_in;
    if (FILLED(tcpi_data_segs_out)) sample.data_segs_out = info.tcpi_data_segs_out;
    if (FILLED(tcpi_bytes_sent)) sample.bytes_sent = info.tcpi_bytes_sent;
    if (FILLED(tcpi_bytes_retrans)) sample.bytes_retrans = info.tcpi_bytes_retrans;
    if (FILLED(tcpi_dsack_dups)) sample.dsack_dups = info.tcpi_dsack_dups;
    if (FILLED(tcpi_reord_seen)) sample.reord_seen = info.tcpi_reord_seen;
    if (FILLED(tcpi_rcv_ooopack)) sample.rcv_ooopack = info.tcpi_rcv_ooopack;
    if (sample.rcv_ooopack)
        sample.rcv_held = *sample.rcv_ooopack == 0 ? 0 : held_behind_gap(socket);
    return sample;
}

#undef FILLED

std::optional<std::uint32_t> syn_retransmits(int socket) {
    const auto got = ask(socket);
    if (!got) return std::nullopt;
    return got->info.tcpi_total_retrans;
}

std::size_t bytes_unacknowledged(int socket) {
    int queued = 0;
    return ::ioctl(socket, SIOCOUTQ, &queued) == 0 && queued > 0 ? static_cast<std::size_t>(queued)
                                                                 : 0;
}

} // namespace helloscope::net
