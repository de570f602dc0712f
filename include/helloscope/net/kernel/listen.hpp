// Listening sockets. The port is first bound once without SO_REUSEPORT, so that a second instance
// is told "in use" instead of getting half of the connections; the threads' sockets share it
// afterwards.
#pragma once

#include "helloscope/net/asio.hpp"

namespace helloscope::net {

// `count` sockets that listen on one address, ready for accept; port 0 picks a free one, the same
// for all. The failure names the address and, where /proc tells, the process that has it.
result<std::vector<tcp::acceptor>> listen(
    std::span<asio::io_context* const> contexts, const endpoint& address);

// "helloscope (pid 4711)", or empty where it cannot be told.
std::string owner_of_port(const endpoint& address);

} // namespace helloscope::net
