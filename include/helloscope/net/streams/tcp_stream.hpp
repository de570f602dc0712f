// A connected TCP socket as a stream: non-blocking, TCP_NODELAY, so that each write leaves at once.
#pragma once

#include "helloscope/net/streams/stream.hpp"

#include <memory>

namespace helloscope::net {

std::unique_ptr<stream> make_tcp_stream(tcp::socket socket);

} // namespace helloscope::net
