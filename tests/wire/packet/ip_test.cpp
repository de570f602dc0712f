#include "packet/ip.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::packet;
using test::hex;

namespace {

constexpr std::string_view v4_addresses = "c0000201 c6336402";
constexpr std::string_view v6_addresses =
    "20010db8000000000000000000000001 20010db8000000000000000000000002";

const struct {
    std::string_view name;
    std::string_view headers; // "@" stands for the addresses
    std::size_t payload_length;
    std::uint8_t protocol;
} packets[] = {
    {"IPv4", "45 00 0018 0000 4000 40 06 0000 @", 4, 6},
    {"IPv4 with options", "46 00 001c 0000 4000 40 06 0000 @ 94040000", 4, 6},
    {"IPv4, longer than captured", "45 00 05dc 0000 4000 40 11 0000 @", 1480, 17},
    {"IPv4, link padding behind it", "45 00 0016 0000 4000 40 06 0000 @", 2, 6},
    {"IPv4, first fragment", "45 00 0018 0001 2000 40 06 0000 @", 4, 6},
    {"IPv4, length left to the hardware", "45 00 0000 0000 4000 40 06 0000 @", 100, 6},
    {"IPv6", "60000000 0004 06 40 @", 4, 6},
    {"IPv6, length left to the hardware", "60000000 0000 06 40 @", 100, 6},
    {"IPv6, hop by hop and destination options",
     "60000000 001c 00 40 @ 3c00 010400000000 0601 0000 000000000000 000000000000", 4, 6},
    {"IPv6, routing and first fragment",
     "60000000 0014 2b 40 @ 2c00 000000000000 0600 0001 00000007", 4, 6},
    {"IPv6, no next header", "60000000 0004 3b 40 @", 4, 59},
};

bytes headers_of(std::string_view row) {
    std::string text{row};
    const auto v6 = text.front() == '6';
    text.replace(text.find('@'), 1, v6 ? v6_addresses : v4_addresses);
    return hex(text);
}

} // namespace

TEST_CASE("IP headers are read up to what they carry") {
    for (const auto& row : packets) {
        INFO(row.name);
        auto input = headers_of(row.headers);
        const auto headers = input.size();
        input.insert(input.end(), 4, 0xee);
        const auto ip = parse_ip_packet(input, headers + 100);
        REQUIRE(ip);
        CHECK(ip->protocol == row.protocol);
        CHECK(ip->payload_length == row.payload_length);
        CHECK(ip->payload_offset == headers);
        CHECK(ip->payload.size() == std::min<std::size_t>(row.payload_length, 4));
        const bool v6 = row.headers.front() == '6';
        CHECK(to_string(ip->source) == (v6 ? "2001:db8::1" : "192.0.2.1"));
        CHECK(to_string(ip->destination) == (v6 ? "2001:db8::2" : "198.51.100.2"));
        for (std::size_t cut = 0; cut < headers; ++cut) {
            const auto failed = parse_ip_packet(bytes_view(input).first(cut), headers + 100);
            REQUIRE_FALSE(failed);
            CHECK(failed.error().code == errc::need_more);
        }
    }
}

TEST_CASE("what is not a whole IP header is refused with the field") {
    const struct {
        std::string_view headers, expected;
    } rows[] = {
        {"55 00 0018 0000 4000 40 06 0000 @", "unsupported ip_version at byte 0"},
        {"44 00 0018 0000 4000 40 06 0000 @", "malformed ihl at byte 1"},
        {"45 00 0013 0000 4000 40 06 0000 @", "malformed ip_length at byte 20"},
        {"45 00 0018 0000 0001 40 06 0000 @", "unsupported fragment_offset at byte 8"},
        {"60000000 0007 00 40 @ 0600 000000000000", "malformed ip_length at byte 48"},
        {"60000000 0008 2c 40 @ 0600 0008 00000007", "unsupported fragment_offset at byte 44"},
    };
    for (const auto& row : rows) {
        const auto failed = parse_ip_packet(headers_of(row.headers), 100);
        REQUIRE_FALSE(failed);
        CHECK(to_string(failed.error()) == row.expected);
    }
    CHECK_FALSE(parse_ip_packet(headers_of("45 00 0000 0000 4000 40 06 0000 @"), 19));
}
