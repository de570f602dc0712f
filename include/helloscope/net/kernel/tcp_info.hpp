// Asks the kernel what it knows of a TCP connection (getsockopt TCP_INFO, Linux). Needs no rights,
// and works in every state of a socket that is ours. Fields that this kernel does not have stay
// empty.
#pragma once

#include "helloscope/model/path.hpp"

#include <optional>

namespace helloscope::net {

// Empty on any error and where the kernel has no TCP_INFO.
std::optional<model::path_sample> read_path(int socket);

// SYNs sent again so far: right until the first data segment is retransmitted.
std::optional<std::uint32_t> syn_retransmits(int socket);

// Bytes written to the socket that the peer's kernel has not acknowledged (SIOCOUTQ).
std::size_t bytes_unacknowledged(int socket);

} // namespace helloscope::net
