#include "helloscope/wire/packet/tcp_headers.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::packet;
using test::hex;

namespace {

tcp_packet segment(std::string_view source, std::string_view destination) {
    tcp_packet out;
    out.source = *parse_endpoint(source);
    out.destination = *parse_endpoint(destination);
    out.sequence = 0x11223344;
    out.acknowledgement = 0x55667788;
    out.flags = tcp_flag::psh | tcp_flag::ack;
    out.window = 0x1234;
    return out;
}

const tcp_packet segments[] = {
    segment("192.0.2.1:54321", "198.51.100.2:443"),
    segment("[2001:db8::1]:54321", "[2001:db8::2]:443"),
};

} // namespace

TEST_CASE("headers read back as they were written") {
    for (auto packet : segments)
        for (const std::size_t length : {std::size_t{0}, std::size_t{1}, longest_payload})
            for (const int options : {0, 1, 2, 3}) {
                packet.payload_length = length;
                packet.options = {};
                if ((options & 1) != 0) packet.options.mss = 1360;
                if ((options & 2) != 0) packet.options.window_scale = 14;
                const auto headers = write_tcp_headers(packet);
                const auto got = parse_tcp_packet(headers.view(), headers.size + length);
                REQUIRE(got);
                CHECK(got->source == packet.source);
                CHECK(got->destination == packet.destination);
                CHECK(got->sequence == packet.sequence);
                CHECK(got->acknowledgement == packet.acknowledgement);
                CHECK(got->flags == packet.flags);
                CHECK(got->window == packet.window);
                CHECK(got->options.mss == packet.options.mss);
                CHECK(got->options.window_scale == packet.options.window_scale);
                CHECK(got->payload_length == length);
            }
}

TEST_CASE("checksums are those of the RFCs") {
    // Computed apart from this code; tshark finds both good.
    const std::string_view expected[] = {
        "4500002b00004000 40064e96 c0000201c6336402"
        "d43101bb 11223344 55667788 50181234 05ba0000",
        "60000000 00170640 20010db8000000000000000000000001 20010db8000000000000000000000002"
        "d43101bb 11223344 55667788 50181234 967c0000",
    };
    const auto payload = hex("616263"); // of odd length
    for (std::size_t i = 0; i < 2; ++i) {
        auto packet = segments[i];
        packet.payload = payload;
        packet.payload_length = payload.size();
        CHECK(to_bytes(write_tcp_headers(packet).view()) == hex(expected[i]));
    }
}

TEST_CASE("whoever receives it finds each sum to be right, whatever the options and the payload") {
    // RFC 1071: the words of all of it, the checksum among them, are 0xffff together.
    const auto sum_of = [](bytes_view data, std::uint64_t sum) {
        for (std::size_t i = 0; i < data.size(); ++i)
            sum += static_cast<std::uint64_t>(data[i]) << (i % 2 == 0 ? 8U : 0U);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return sum;
    };
    const auto bytes_of_all = hex("fffefdfcfb");
    for (auto packet : segments)
        for (const std::size_t length : {0U, 1U, 2U, 3U, 5U})
            for (const int options : {0, 1, 2, 3}) {
                CAPTURE(length, options, packet.source.address.v6);
                packet.payload = bytes_view(bytes_of_all).first(length);
                packet.payload_length = length;
                packet.options = {};
                if ((options & 1) != 0) packet.options.mss = 1360;
                if ((options & 2) != 0) packet.options.window_scale = 14;
                auto whole = to_bytes(write_tcp_headers(packet).view());
                whole.insert(whole.end(), packet.payload.begin(), packet.payload.end());
                const std::size_t ip = packet.source.address.v6 ? 40 : 20;
                const std::size_t addresses = packet.source.address.v6 ? 32 : 8;
                const auto tcp_length = whole.size() - ip;
                constexpr std::uint64_t tcp = 6;
                if (!packet.source.address.v6) CHECK(sum_of({whole.data(), ip}, 0) == 0xffff);
                CHECK(
                    sum_of(
                        {whole.data() + ip - addresses, addresses + tcp_length},
                        tcp + tcp_length) == 0xffff);
            }
}

TEST_CASE("without the whole payload the TCP checksum is left open") {
    for (auto packet : segments) {
        packet.payload_length = 10;
        const auto headers = write_tcp_headers(packet);
        CHECK(headers.octets[headers.size - 4] == 0);
        CHECK(headers.octets[headers.size - 3] == 0);
    }
}
