#include "socks.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace helloscope::wire::front::socks {
namespace {

// RFC 1928 section 6.
constexpr std::array<std::string_view, 9> reply_words{
    "succeeded",
    "general SOCKS server failure",
    "connection not allowed by ruleset",
    "network unreachable",
    "host unreachable",
    "connection refused by destination host",
    "TTL expired",
    "command not supported",
    "address type not supported"};

std::string read_ip(reader& in, bool v6) {
    ip_address address{v6, {}};
    const auto octets = in.take(v6 ? 16 : 4, "ADDR");
    std::copy(octets.begin(), octets.end(), address.octets.begin());
    return to_string(address);
}

} // namespace

std::string words_of(std::uint8_t reply) {
    if (reply < reply_words.size()) return std::string(reply_words[reply]);
    return fmt::format("reply 0x{:02x}, which RFC 1928 does not assign", reply);
}

host_port read_address(reader& in) {
    host_port at;
    const auto type = in.u8("ATYP");
    if (type == ipv4 || type == ipv6)
        at.host = read_ip(in, type == ipv6);
    else if (type == name)
        at.host = as_text(in.vector8("ADDR").rest());
    else
        in.fail(errc::unsupported, "ATYP");
    at.port = in.u16("PORT");
    return at;
}

void write_address(writer& out, const host_port& at) {
    if (const auto literal = parse_ip_address(at.host))
        out.u8(literal->v6 ? ipv6 : ipv4).raw(literal->view());
    else
        out.u8(name).vector(1, [&](writer& w) { w.text(at.host); });
    out.u16(at.port);
}

} // namespace helloscope::wire::front::socks
