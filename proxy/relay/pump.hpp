// Moves bytes of one flow from one leg to the other, each read at once as one write, until both
// directions have ended. Half-close passes as half-close, reset as reset. A direction that waits
// for something to read keeps no coroutine: thousands of tunnels idle.
#pragma once

#include "flow.hpp"

namespace helloscope::relay {

// How one direction ended.
enum class ending : std::uint8_t { open, fin, broken_source, broken_target };

// Both directions. The bytes came early: behind the client's request head, behind a parent's
// answer. `over` is called once, on `on`, with what went wrong in here; it may end the flow.
using pump_over = std::move_only_function<void(std::exception_ptr bug)>;
void start_pump(
    flow& moving, const net::asio::any_io_executor& on, bytes from_client, bytes from_server,
    pump_over over);

// The same for a coroutine that waits for the end.
net::awaitable<void> pump(flow& moving, bytes from_client, bytes from_server = {});

// Until what was written to a leg has arrived, for as long as its peer's kernel goes on taking it.
net::awaitable<void> drain(net::stream& leg);

// All of `what` to one stream; the error that stopped it. Waits for room, not for a deadline.
net::awaitable<net::error_code> write_all(net::stream& to, bytes_view what);

} // namespace helloscope::relay
