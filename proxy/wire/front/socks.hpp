// The numbers of SOCKS (RFC 1928, RFC 1929, SOCKS4) and the addresses in its messages, for both
// sides of the dialogue.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/reader.hpp"
#include "helloscope/base/writer.hpp"

namespace helloscope::wire::front::socks {

inline constexpr std::uint8_t version5 = 0x05, version4 = 0x04, login_version = 0x01;
inline constexpr std::uint8_t no_login = 0x00, user_password = 0x02, no_method = 0xff;
inline constexpr std::uint8_t connect = 0x01;
inline constexpr std::uint8_t ipv4 = 0x01, name = 0x03, ipv6 = 0x04;
inline constexpr std::size_t longest_string = 255; // behind a length of one byte

enum class reply : std::uint8_t {
    succeeded = 0x00,
    general_failure = 0x01,
    not_allowed = 0x02,
    network_unreachable = 0x03,
    host_unreachable = 0x04,
    connection_refused = 0x05,
    ttl_expired = 0x06,
    command_not_supported = 0x07,
    address_type_not_supported = 0x08,
};
std::string words_of(std::uint8_t reply); // "connection refused by destination host", …

// The last part of a SOCKS5 request or reply: | ATYP | ADDR | PORT |. Fails with unsupported "ATYP"
// for a type of no RFC, and whatever the reader finds. A name is what it is: its characters are the
// caller's to judge.
host_port read_address(reader& in);
// The host must be a literal or at most 255 bytes long.
void write_address(writer& out, const host_port& at);

} // namespace helloscope::wire::front::socks
