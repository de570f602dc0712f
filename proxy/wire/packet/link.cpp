#include "helloscope/wire/packet/link.hpp"

#include "helloscope/base/reader.hpp"

namespace helloscope::wire::packet {
namespace {

void peel_ethertype(reader& in); // the type and the VLAN tags (802.1Q, 802.1ad) before it
void peel_family(reader& in);
void expect_ip(reader& in, std::uint16_t ethertype);

} // namespace

parsed<bytes_view> peel_link(std::uint16_t linktype, bytes_view captured) {
    reader in{captured};
    switch (linktype) {
    case linktype::raw:
    case linktype::ipv4:
    case linktype::ipv6: break;
    case linktype::ethernet:
        in.take(12, "ethernet_addresses");
        peel_ethertype(in);
        break;
    case linktype::linux_sll:
        in.take(14, "sll_header");
        peel_ethertype(in);
        break;
    case linktype::linux_sll2: {
        const auto protocol = in.u16("sll2_protocol");
        in.take(18, "sll2_header");
        expect_ip(in, protocol);
        break;
    }
    case linktype::null:
    case linktype::loop: peel_family(in); break;
    default: in.fail(errc::unsupported, "linktype");
    }
    if (!in.ok()) return std::unexpected(in.error());
    return in.rest();
}

namespace {

void peel_ethertype(reader& in) {
    auto type = in.u16("ethertype");
    while (type == 0x8100 || type == 0x88a8 || type == 0x9100) {
        in.u16("vlan_tag");
        type = in.u16("ethertype");
    }
    expect_ip(in, type);
}

// The number of the address family in either byte order, as the capturing system counts: IPv6 is
// 10 on Linux, 23 on Windows, 24, 28 and 30 on the BSDs and macOS.
void peel_family(reader& in) {
    const auto number = in.u32("address_family");
    const auto family = number > 0xffff ? number >> 24 : number;
    for (const std::uint32_t ip : {2U, 10U, 23U, 24U, 28U, 30U})
        if (family == ip) return;
    in.fail(errc::unsupported, "address_family");
}

void expect_ip(reader& in, std::uint16_t ethertype) {
    if (ethertype != 0x0800 && ethertype != 0x86dd) in.fail(errc::unsupported, "ethertype");
}

} // namespace
} // namespace helloscope::wire::packet
