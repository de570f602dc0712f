// How large the segments of a connection may be (TCP_MAXSEG). Both directions follow: what our SYN
// says limits the peer, and the kernel keeps to it as well. Needs no rights.
#pragma once

#include "helloscope/model/path.hpp"
#include "helloscope/net/asio.hpp"

namespace helloscope::net {

// Of a socket before connect, or of a listener for all that it accepts: later it is without effect.
// The kernel takes 88 to 32767, and nothing else (EINVAL); a link allows less.
error_code limit_segments(int socket, std::uint32_t mss);

// The MSS option of our SYN, or of our answer to one, on a connection that stands. The kernel's
// advmss has lost the room of TCP timestamps by then.
std::optional<std::uint32_t> advertised_mss(const model::path_sample& sample);

} // namespace helloscope::net
