#include "helloscope/wire/packet/tcp_packet.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::packet;
using test::hex;

namespace {

constexpr std::string_view ip = "45 00 0034 0000 4000 40 06 0000 c0000201 c6336402"; // 52 bytes
constexpr std::string_view tcp = "d431 01bb 11223344 55667788";

bytes packet(std::string_view rest) {
    return hex(std::string(ip) + std::string(tcp) + std::string(rest));
}

// A segment with these option bytes, filled up to 12.
tcp_options options_of(std::string_view text) {
    auto input = packet("80 10 1000 0000 0000" + std::string(text));
    input.resize(52);
    const auto got = parse_tcp_packet(input, 52);
    REQUIRE(got);
    CHECK(got->payload_length == 0);
    return got->options;
}

} // namespace

TEST_CASE("a segment is read with its real length, however short it was cut") {
    const auto input = packet("50 18 1234 0000 0000 aabbccddeeff001122334455");
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
        const auto got = parse_tcp_packet(bytes_view(input).first(cut), 52);
        if (cut < 40) {
            REQUIRE_FALSE(got);
            CHECK(got.error().code == errc::need_more);
            continue;
        }
        REQUIRE(got);
        CHECK(to_string(got->source) == "192.0.2.1:54321");
        CHECK(to_string(got->destination) == "198.51.100.2:443");
        CHECK(got->sequence == 0x11223344);
        CHECK(got->acknowledgement == 0x55667788);
        CHECK(got->flags == (tcp_flag::psh | tcp_flag::ack));
        CHECK(got->has(tcp_flag::ack));
        CHECK_FALSE(got->has(tcp_flag::syn));
        CHECK(got->window == 0x1234);
        CHECK(got->payload_length == 12);
        CHECK(got->payload.size() == cut - 40);
    }
}

TEST_CASE("options are read") {
    CHECK(options_of("020405b4").mss == 1460);
    CHECK(options_of("01 030307").window_scale == 7);
    CHECK(options_of("0402").sack_permitted);
    CHECK(options_of("0101 080a 0000000a 00000014").timestamps == tcp_timestamps{10, 20});
    const auto sack = options_of("0101 050a 00000001 00000009");
    CHECK(sack.sack_count == 1);
    CHECK(sack.sack_blocks[0] == sack_block{1, 9});
    const auto all = options_of("020405b4 0402 01 030307 0101");
    CHECK(all.mss == 1460);
    CHECK(all.sack_permitted);
    CHECK(all.window_scale == 7);
}

TEST_CASE("options behind a malformed one are not seen") {
    for (const auto* const broken : {"0200", "0201", "02ff", "fe00", "00"})
        CHECK_FALSE(options_of(std::string(broken) + "030307").window_scale);
    for (const auto* const odd : {"0203aa", "030405b4", "080405b4", "040305"}) {
        const auto got = options_of(odd);
        CHECK_FALSE((got.mss || got.window_scale || got.timestamps || got.sack_permitted));
    }
    CHECK(options_of("fd04aaaa 030307").window_scale == 7); // unknown kinds are passed over
}

TEST_CASE("options that were cut off are unknown") {
    const auto input = packet("80 12 1000 0000 0000 020405b4 030307");
    const auto got = parse_tcp_packet(bytes_view(input).first(46), 52);
    REQUIRE(got);
    CHECK(got->options.mss == 1460);
    CHECK_FALSE(got->options.window_scale);
    CHECK(got->payload_length == 0);
}

TEST_CASE("what is no TCP segment is refused with the field") {
    auto udp = packet("50 18 1234 0000 0000");
    udp[9] = 17;
    CHECK(to_string(parse_tcp_packet(udp, 52).error()) == "unsupported protocol at byte 20");
    const auto short_header = packet("40 18 1234 0000 0000");
    CHECK(
        to_string(parse_tcp_packet(short_header, 52).error()) ==
        "malformed data_offset at byte 33");
    const auto long_header = packet("f0 18 1234 0000 0000");
    CHECK(
        to_string(parse_tcp_packet(long_header, 52).error()) == "malformed data_offset at byte 33");
}

TEST_CASE("a frame is peeled, and both lengths with it") {
    auto input = packet("50 18 1234 0000 0000 aabb");
    input[2] = input[3] = 0; // total length: left to the hardware
    const auto ethernet = hex("aaaaaaaaaaaa bbbbbbbbbbbb 0800");
    input.insert(input.begin(), ethernet.begin(), ethernet.end());
    const auto got = parse_tcp_frame(1, input, 14 + 40 + 3000);
    REQUIRE(got);
    CHECK(got->payload_length == 3000);
    CHECK(got->payload.size() == 2);

    input[14 + 9] = 17;
    CHECK(to_string(parse_tcp_frame(1, input, 3054).error()) == "unsupported protocol at byte 34");
    CHECK(
        to_string(parse_tcp_frame(1, input, 13).error()) == "malformed original_length at byte 14");
    CHECK(parse_tcp_frame(105, input, 3054).error().code == errc::unsupported);
}
