// A recording in the making, and what can be read in it, for the tests of this room.
#pragma once

#include "helloscope/trace/recording_writer.hpp"
#include "helloscope/wire/packet/tcp_packet.hpp"
#include "helloscope/wire/pcapng/block_reader.hpp"

#include "support/catch.hpp"

namespace helloscope::test {

inline timestamp at(int milliseconds) {
    return timestamp{std::chrono::seconds{1'795'213'175} + std::chrono::milliseconds{milliseconds}};
}

inline endpoint ends(std::string_view text) { return parse_endpoint(text).value(); }

inline const auto client = ends("127.0.0.1:50000");
inline const auto listener = ends("127.0.0.1:8484");
inline const auto local = ends("192.0.2.7:40000");
inline const auto server = ends("198.51.100.1:443");

inline trace::piece piece_of(direction dir, bytes body, std::uint64_t length) {
    trace::piece out;
    out.dir = dir;
    out.body = std::move(body);
    out.length = length;
    return out;
}

// The header of an application-data record, cut behind it.
inline trace::piece cut_record(direction dir, std::uint16_t length) {
    auto out = piece_of(dir, {}, length + 5U);
    out.header_size = 5;
    out.header = {
        0x17, 3, 3, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
    return out;
}

// Each event and piece comes a millisecond after the one before.
struct recorded {
    trace::recording_writer writer{{"0.1.0", 1, "synthesized", "handshake", "runs"}};
    bytes file;
    int now = 0;

    recorded() { begin(); }
    void begin() {
        file.clear();
        writer.begin(at(++now), file);
    }
    void event(model::happening what, std::uint64_t flow = 1) {
        writer.write({flow, at(++now), std::move(what)}, file);
    }
    void piece(trace::piece piece) {
        piece.flow = 1;
        piece.time = at(++now);
        writer.write(piece, file);
    }
    void open() {
        event(model::flow_opened{client, listener});
        event(model::connected{server, local, std::chrono::milliseconds{1}, 0});
    }
};

// A packet as read back; views the file.
struct packet_seen {
    wire::pcapng::packet block;
    wire::packet::tcp_packet tcp;

    bool to_server() const { return tcp.destination == listener || tcp.destination == server; }
};

inline std::vector<packet_seen> packets_in(bytes_view file) {
    std::vector<packet_seen> out;
    for (wire::pcapng::block_reader blocks{file}; !blocks.at_end();) {
        const auto block = blocks.next();
        REQUIRE(block);
        const auto* packet = std::get_if<wire::pcapng::packet>(&*block);
        if (!packet) continue;
        const auto tcp = wire::packet::parse_tcp_frame(
            packet->linktype, packet->captured, packet->original_length);
        REQUIRE(tcp);
        out.push_back({*packet, *tcp});
    }
    return out;
}

} // namespace helloscope::test
