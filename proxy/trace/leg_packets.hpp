// One leg of a flow told as packets: opened, data, ended. They are written as it happens, but for
// the one that ends the leg: it is held until release(), so that a verdict, which comes after the
// end and before the flow is forgotten, finds a packet to be the comment of.
#pragma once

#include "helloscope/model/event.hpp"
#include "helloscope/wire/packet/synthetic_stream.hpp"

namespace helloscope::trace {

// What the peer of this leg sends goes this way; what we send to it, the opposite way.
constexpr direction peer_sends(model::leg of) {
    return of == model::leg::client ? direction::to_server : direction::to_client;
}

// Where packets are appended. The comment, when there is one, goes with the next and is then empty.
struct packet_sink {
    bytes& out;
    std::string& comment;
};

class leg_packets {
  public:
    // The connection's ends are of one family. Its packets go on the interface numbered as the leg.
    leg_packets(model::leg of, const wire::packet::synthetic_stream& stream)
        : of_(of), stream_(stream) {}

    void open(timestamp now, packet_sink to);

    // Bytes that went by untold: later packets count them.
    void skip(direction way, std::uint64_t length) {
        if (!over()) stream_.skipped(way, length);
    }

    // `length` bytes, of which `kept` is the beginning; long ones become several packets.
    // Nothing is told of a direction that has ended.
    void data(direction way, bytes_view kept, std::uint64_t length, timestamp now, packet_sink to);

    void finish(direction way, timestamp now, packet_sink to);
    void reset(direction way, timestamp now);

    // The packet that ended the leg, if it has ended, with the time when it did.
    void release(packet_sink to);

  private:
    struct told {
        wire::packet::tcp_headers headers;
        direction way{};
        timestamp time;
    };

    // The packet that ended the leg: made from where the stream then stays.
    enum class last : std::uint8_t { none, acknowledgement, reset };

    bool over() const { return ended_[0] && ended_[1]; }
    void hold(last what, direction way, timestamp now);
    void put(
        const told& packet, packet_sink to, bytes_view kept = {}, std::size_t length = 0) const;

    model::leg of_;
    wire::packet::synthetic_stream stream_;
    std::array<bool, 2> ended_{};
    last last_ = last::none;
    direction last_way_{};
    timestamp last_time_{};
};

} // namespace helloscope::trace
