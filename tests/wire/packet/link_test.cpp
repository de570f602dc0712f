#include "helloscope/wire/packet/link.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::packet;
using test::hex;

namespace {

const struct {
    std::string_view name;
    std::uint16_t linktype;
    std::string_view header;
} links[] = {
    {"raw", 101, ""},
    {"raw IPv4", 228, ""},
    {"raw IPv6", 229, ""},
    {"Ethernet, IPv4", 1, "aaaaaaaaaaaa bbbbbbbbbbbb 0800"},
    {"Ethernet, IPv6", 1, "aaaaaaaaaaaa bbbbbbbbbbbb 86dd"},
    {"Ethernet, VLAN", 1, "aaaaaaaaaaaa bbbbbbbbbbbb 8100 0007 0800"},
    {"Ethernet, VLAN in VLAN", 1, "aaaaaaaaaaaa bbbbbbbbbbbb 88a8 0001 8100 0007 86dd"},
    {"Linux cooked", 113, "0000 0001 0006 aaaaaaaaaaaa 0000 0800"},
    {"Linux cooked, VLAN", 113, "0000 0001 0006 aaaaaaaaaaaa 0000 8100 0007 0800"},
    {"Linux cooked 2", 276, "86dd 0000 00000001 0001 00 06 aaaaaaaaaaaa 0000"},
    {"BSD loopback, little endian IPv4", 0, "02000000"},
    {"BSD loopback, big endian IPv4", 0, "00000002"},
    {"BSD loopback, macOS IPv6", 0, "1e000000"},
    {"OpenBSD loopback, IPv6", 108, "00000018"},
};

} // namespace

TEST_CASE("link-layer headers are peeled off to the IP packet") {
    for (const auto& row : links) {
        INFO(row.name);
        auto input = hex(row.header);
        const auto header = input.size();
        const auto ip = hex("45 01 02 03");
        input.insert(input.end(), ip.begin(), ip.end());
        const auto peeled = peel_link(row.linktype, input);
        REQUIRE(peeled);
        CHECK(to_bytes(*peeled) == ip);
        for (std::size_t cut = 0; cut < header; ++cut) {
            const auto failed = peel_link(row.linktype, bytes_view(input).first(cut));
            REQUIRE_FALSE(failed);
            CHECK(failed.error().code == errc::need_more);
        }
    }
}

TEST_CASE("what carries no IP is told apart") {
    const struct {
        std::uint16_t linktype;
        std::string_view input, expected;
    } rows[] = {
        {1, "aaaaaaaaaaaa bbbbbbbbbbbb 0806", "unsupported ethertype at byte 14"},
        {1, "aaaaaaaaaaaa bbbbbbbbbbbb 8100 0001 0806", "unsupported ethertype at byte 18"},
        {113, "0000 0001 0006 aaaaaaaaaaaa 0000 0806", "unsupported ethertype at byte 16"},
        {276, "0806 0000 00000001 0001 00 06 aaaaaaaaaaaa 0000",
         "unsupported ethertype at byte 20"},
        {0, "07000000", "unsupported address_family at byte 4"},
        {105, "00", "unsupported linktype at byte 0"},
    };
    for (const auto& row : rows) {
        const auto failed = peel_link(row.linktype, hex(row.input));
        REQUIRE_FALSE(failed);
        CHECK(to_string(failed.error()) == row.expected);
    }
}
