#include "leg_packets.hpp"

#include "helloscope/wire/pcapng/block_writer.hpp"

#include <algorithm>

namespace helloscope::trace {
namespace {

constexpr std::uint64_t longest_data = 60'000;
static_assert(longest_data <= wire::packet::longest_payload);

// What LINKTYPE_NULL puts before an IP packet: the address family, in the byte order of the file.
// For IPv6 it has three numbers; this is the one of macOS.
constexpr std::array<std::uint8_t, 4> ipv4_family{2}, ipv6_family{30};
bytes_view family_of(bytes_view ip) { return ip[0] >> 4 == 4 ? ipv4_family : ipv6_family; }

} // namespace

void leg_packets::open(timestamp now, packet_sink to) {
    const auto [syn, syn_ack, ack] = stream_.opened();
    put({syn, direction::to_server, now}, to);
    put({syn_ack, direction::to_client, now}, to);
    put({ack, direction::to_server, now}, to);
}

void leg_packets::data(
    direction way, bytes_view kept, std::uint64_t length, timestamp now, packet_sink to) {
    if (ended_[index_of(way)]) return;
    while (length > 0) {
        const auto size = static_cast<std::size_t>(std::min(length, longest_data));
        const auto part = kept.first(std::min(kept.size(), size));
        put({stream_.data(way, part, size), way, now}, to, part, size);
        kept = kept.subspan(part.size());
        length -= size;
    }
}

void leg_packets::finish(direction way, timestamp now, packet_sink to) {
    if (ended_[index_of(way)]) return;
    ended_[index_of(way)] = true;
    const auto [fin, ack] = stream_.finished(way);
    put({fin, way, now}, to);
    if (over())
        hold(last::acknowledgement, opposite(way), now);
    else
        put({ack, opposite(way), now}, to);
}

void leg_packets::reset(direction way, timestamp now) {
    if (over()) return;
    ended_ = {true, true};
    hold(last::reset, way, now);
}

void leg_packets::hold(last what, direction way, timestamp now) {
    last_ = what;
    last_way_ = way;
    last_time_ = now;
}

void leg_packets::release(packet_sink to) {
    if (last_ == last::none) return;
    const auto headers = last_ == last::reset ? stream_.reset(last_way_)
                                              : stream_.acknowledged(last_way_);
    put({headers, last_way_, last_time_}, to);
    last_ = last::none;
}

void leg_packets::put(
    const told& packet, packet_sink to, bytes_view kept, std::size_t length) const {
    using wire::pcapng::traffic;
    const std::string_view comment = to.comment;
    wire::pcapng::packet_pieces block;
    block.interface = static_cast<std::uint32_t>(of_);
    block.time = packet.time;
    const auto headers = packet.headers.view();
    const auto family = family_of(headers);
    block.captured = {family, headers, kept};
    block.original_length = static_cast<std::uint32_t>(family.size() + headers.size() + length);
    block.seen = packet.way == peer_sends(of_) ? traffic::inbound : traffic::outbound;
    if (!comment.empty()) block.comments = {&comment, 1};
    wire::pcapng::write_packet(to.out, block);
    to.comment.clear();
}

} // namespace helloscope::trace
