// Lets a flow heal. The client's first flight passes on at once as it comes; while the client has
// heard nothing, and what is known of that first attempt says that it is in trouble
// (heal/decide.hpp), the same flight is sent beside it on connections of their own. The first one
// that brings a usable flight of the server is joined to the client, and the others are reset.
//
// The flow's server leg is the race: a stream as any other to the pump. There is something to read
// when the race is over. The server's bytes wait until they may be a whole flight, which a client
// waits for as well; what is no TLS, early data, and a client that has gone end the race at once.
#pragma once

#include "server_leg.hpp"

#include <functional>

namespace helloscope::relay {

// Whether the flow's route wants it. Where a shape holds the first flight, or a fault breaks the
// stream, the flow goes as that says.
bool heals(const flow& of);

// How another connection is opened: the turn counts from 0, which is the one that stands.
using leg_opener = std::function<net::awaitable<leg_beside>(
    std::size_t turn, std::optional<shape::clamp> segments)>;

// From here on `of.server`, which is the leg of `like`, heals, if there is anything to heal: not
// where the server has spoken already. Empty: others are opened as `asked`.
void heal_leg(
    flow& of, const net::asio::any_io_executor& executor, request&& asked, server_leg&& like,
    leg_opener&& open = {});

} // namespace helloscope::relay
