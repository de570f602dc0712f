// Listening sockets. The port is first bound once without SO_REUSEPORT, so that a second instance
// is told "in use" instead of getting half of the connections; the threads' sockets share it
// afterwards.
#pragma once

#include "helloscope/net/asio.hpp"

#include <optional>

namespace helloscope::net {

// A transparent listener takes connections to any address (IP_TRANSPARENT, for TPROXY); what it
// accepts has the address that the client wanted as its local one.
enum class listen_kind : std::uint8_t { plain, transparent };

// As many sockets as contexts that listen on one address, ready for accept; port 0 picks a free
// one, the same for all. `mss` limits the segments of what they accept. The failure names the
// address, the flag that chooses another one and, where /proc tells, the process that has it.
result<std::vector<tcp::acceptor>> listen(
    std::span<asio::io_context* const> contexts, const endpoint& address,
    listen_kind kind = listen_kind::plain, std::string_view flag = "--listen",
    std::optional<std::uint32_t> mss = std::nullopt);

// "helloscope (pid 4711)", or empty where it cannot be told.
std::string owner_of_port(const endpoint& address);

} // namespace helloscope::net
