#include "leg_packets.hpp"

#include "helloscope/wire/packet/link.hpp"
#include "helloscope/wire/pcapng/block_writer.hpp"

#include "support/catch.hpp"
#include "trace/recorded.hpp"

using namespace helloscope;
using namespace helloscope::wire::packet;
using test::at;

namespace {

constexpr auto to_server = direction::to_server;
constexpr auto to_client = direction::to_client;

// A client leg whose packets can be read back, because they stand in a file.
struct told_leg {
    bytes file;
    std::string comment;
    trace::leg_packets leg{
        model::leg::client, synthetic_stream{test::client, test::listener, 1000}};

    told_leg() {
        wire::pcapng::write_section(file, {});
        wire::pcapng::interface interface;
        interface.linktype = linktype::null;
        wire::pcapng::write_interface(file, interface);
    }
    trace::packet_sink to() { return {file, comment}; }
    std::vector<test::packet_seen> packets() const { return test::packets_in(file); }
};

} // namespace

TEST_CASE("a leg opens with the three packets of a connection") {
    told_leg told;
    told.leg.open(at(1), told.to());
    const auto packets = told.packets();
    REQUIRE(packets.size() == 3);
    CHECK(packets[0].tcp.flags == tcp_flag::syn);
    CHECK(packets[0].tcp.source == test::client);
    CHECK(packets[0].block.seen == wire::pcapng::traffic::inbound);
    CHECK(packets[1].tcp.flags == (tcp_flag::syn | tcp_flag::ack));
    CHECK(packets[1].tcp.source == test::listener);
    CHECK(packets[1].block.seen == wire::pcapng::traffic::outbound);
    CHECK(packets[2].tcp.flags == tcp_flag::ack);
    CHECK(packets[2].tcp.sequence == 1001);
    CHECK(packets[2].block.time == at(1));
}

TEST_CASE("a long run of bytes becomes several packets, none of them too long") {
    struct row {
        std::uint64_t length;
        std::size_t kept;
        std::vector<std::size_t> lengths, captured;
    };
    const row rows[] = {
        {0, 0, {}, {}},
        {1, 0, {1}, {0}},
        {60'000, 60'000, {60'000}, {60'000}},
        {60'001, 60'001, {60'000, 1}, {60'000, 1}},
        {130'000, 5, {60'000, 60'000, 10'000}, {5, 0, 0}},
        {130'000, 60'002, {60'000, 60'000, 10'000}, {60'000, 2, 0}},
    };
    for (const auto& [length, kept, lengths, captured] : rows) {
        CAPTURE(length, kept);
        told_leg told;
        const bytes body(kept, 0x17);
        told.leg.data(to_client, body, length, at(1), told.to());
        std::vector<std::size_t> lengths_told, captured_told;
        std::uint32_t sequence = 1000;
        for (const auto& packet : told.packets()) {
            CHECK(packet.tcp.sequence == sequence);
            sequence += static_cast<std::uint32_t>(packet.tcp.payload_length);
            lengths_told.push_back(packet.tcp.payload_length);
            captured_told.push_back(packet.tcp.payload.size());
        }
        CHECK(lengths_told == lengths);
        CHECK(captured_told == captured);
    }
}

TEST_CASE("bytes that were skipped are counted by the next packet") {
    told_leg told;
    told.leg.skip(to_server, 5'000'000'000);
    told.leg.data(to_server, {}, 10, at(1), told.to());
    CHECK(told.packets().at(0).tcp.sequence == static_cast<std::uint32_t>(5'000'001'000));
}

TEST_CASE("each direction ends for itself and the last packet waits") {
    told_leg told;
    told.leg.finish(to_server, at(1), told.to());
    told.leg.finish(to_server, at(2), told.to()); // has ended: nothing
    told.leg.data(to_server, {}, 10, at(2), told.to());
    CHECK(told.packets().size() == 2); // FIN, ACK

    told.leg.data(to_client, {}, 10, at(3), told.to());
    told.leg.finish(to_client, at(4), told.to());
    const auto before = told.packets();
    REQUIRE(before.size() == 4);
    CHECK(before[3].tcp.has(tcp_flag::fin));
    CHECK_FALSE(before[3].to_server());

    told.comment = "why";
    told.leg.release(told.to());
    told.leg.release(told.to()); // once
    const auto packets = told.packets();
    REQUIRE(packets.size() == 5);
    CHECK(packets[4].tcp.flags == tcp_flag::ack);
    CHECK(packets[4].tcp.sequence == 1001);
    CHECK(packets[4].tcp.acknowledgement == 1011);
    CHECK(packets[4].block.time == at(4));
    CHECK(packets[4].block.comments == std::vector<std::string_view>{"why"});
    CHECK(told.comment.empty());
}

TEST_CASE("a reset ends both directions and waits") {
    told_leg told;
    told.leg.reset(to_client, at(1));
    told.leg.reset(to_server, at(2)); // too late
    told.leg.data(to_server, {}, 10, at(3), told.to());
    told.leg.finish(to_server, at(3), told.to());
    CHECK(told.packets().empty());
    told.leg.release(told.to());
    const auto packets = told.packets();
    REQUIRE(packets.size() == 1);
    CHECK(packets[0].tcp.has(tcp_flag::rst));
    CHECK_FALSE(packets[0].to_server());
}

TEST_CASE("a leg that is half closed can still be reset") {
    told_leg told;
    told.leg.finish(to_server, at(1), told.to());
    told.leg.reset(to_server, at(2));
    told.leg.release(told.to());
    CHECK(told.packets().back().tcp.has(tcp_flag::rst));
}
