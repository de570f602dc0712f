// Where a client wanted to connect to before nft's redirect sent it here (SO_ORIGINAL_DST of
// <linux/netfilter_ipv4.h>; needs no rights). Not for TPROXY: there it is the local endpoint.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/result.hpp"

namespace helloscope::net {

// Of an accepted IPv4 or IPv6 socket. A client that connected to the listener itself gets the
// listener's own endpoint, or a failure where the kernel tracks no connections.
result<endpoint> original_destination(int socket);

} // namespace helloscope::net
