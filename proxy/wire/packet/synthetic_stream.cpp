#include "helloscope/wire/packet/synthetic_stream.hpp"

namespace helloscope::wire::packet {
namespace {

// With this scale 1 GiB may be unacknowledged before Wireshark calls the window full: nothing here
// tells of pure acknowledgements.
constexpr std::uint8_t window_scale = 14;
constexpr std::uint16_t window = 0xffff;

} // namespace

synthetic_stream::synthetic_stream(
    const endpoint& client, const endpoint& server, std::uint32_t initial_sequence)
    : ends_{client, server}, next_{initial_sequence, initial_sequence} {}

std::array<tcp_headers, 3> synthetic_stream::opened(std::uint16_t mss) {
    auto syn = make(direction::to_server, tcp_flag::syn);
    if (mss != 0) syn.options.mss = mss;
    syn.options.window_scale = window_scale;
    skipped(direction::to_server, 1);

    auto syn_ack = make(direction::to_client, tcp_flag::syn | tcp_flag::ack);
    syn_ack.options = syn.options;
    skipped(direction::to_client, 1);

    const auto ack = make(direction::to_server, tcp_flag::ack);
    return {write_tcp_headers(syn), write_tcp_headers(syn_ack), write_tcp_headers(ack)};
}

tcp_headers synthetic_stream::data(direction way, bytes_view payload, std::size_t length) {
    auto packet = make(way, tcp_flag::psh | tcp_flag::ack);
    packet.payload = payload;
    packet.payload_length = length;
    skipped(way, length);
    return write_tcp_headers(packet);
}

std::array<tcp_headers, 2> synthetic_stream::finished(direction way) {
    const auto fin = make(way, tcp_flag::fin | tcp_flag::ack);
    skipped(way, 1);
    return {write_tcp_headers(fin), acknowledged(opposite(way))};
}

tcp_headers synthetic_stream::acknowledged(direction way) const {
    return write_tcp_headers(make(way, tcp_flag::ack));
}

tcp_headers synthetic_stream::reset(direction way) const {
    return write_tcp_headers(make(way, tcp_flag::rst | tcp_flag::ack));
}

tcp_packet synthetic_stream::make(direction way, std::uint8_t flags) const {
    tcp_packet out;
    out.source = ends_[index_of(way)];
    out.destination = ends_[index_of(opposite(way))];
    out.sequence = next_[index_of(way)];
    out.flags = flags;
    out.window = window;
    if ((flags & tcp_flag::ack) != 0) out.acknowledgement = next_[index_of(opposite(way))];
    return out;
}

} // namespace helloscope::wire::packet
