// A flow from its first byte to its end: a coroutine up to the tunnel, none while that stands, and
// another one behind it.
#pragma once

#include "server_leg.hpp"

namespace helloscope::relay {

struct flow_end_sink {
    virtual void over() = 0;

  protected:
    ~flow_end_sink() = default;
};

// `to` is told once, on `on`, when all has been told of the flow; it may destroy it.
void run_flow(flow& running, net::asio::io_context& on, flow_end_sink& to);

// ---- stretches of that way which plain HTTP takes too

// The server leg, or why there is none; nothing when the client went away first, which has been
// told. Early bytes of the client (`sent_more`) are for the server, even if it sends no more.
net::awaitable<std::optional<server_leg>> open_unless_gone(
    flow& of, request& asked, bool sent_more);

// Both legs stand: bytes pass until both directions have ended. The arguments came early.
net::awaitable<void> tunnel(flow& of, bytes from_client, bytes from_server);

} // namespace helloscope::relay
