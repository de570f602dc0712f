// The race of a flow that heals. The client's first flight passes on at once as it comes; while the
// client has heard nothing, and what is known of that first attempt says that it is in trouble
// (heal/decide.hpp), the same flight is sent beside it on connections of their own. The first one
// that brings a usable flight of the server is joined to the client, and the others are reset.
//
// A flow in good health pays for it with one coroutine: nothing is dialled, asked or timed for it.
// The server's bytes wait until they may be a whole flight, which a client waits for as well.
#pragma once

#include "server_leg.hpp"

#include <functional>

namespace helloscope::relay {

// What came and is still to be passed on by the pump.
struct raced {
    bytes from_client, from_server;

    raced() = default;
    raced(bytes client, bytes server)
        : from_client(std::move(client)), from_server(std::move(server)) {}
};

// Whether the flow's route wants it. Where a shape holds the first flight, or a fault breaks the
// stream, the flow goes as that says.
bool heals(const flow& of);

// How another connection is opened: the turn counts from 0, which is the one that stands.
using leg_opener = std::function<net::awaitable<leg_beside>(
    std::size_t turn, std::optional<shape::clamp> segments)>;

// From the first byte of the client to that of the server's answer, or to where there is nothing
// to heal: no TLS, early data, a client that has gone, a race that nobody won. `of.server` is then
// the leg to go on with. The leg's own bytes came early, behind the answers of a front and a
// parent. `asked` and `leg` outlive the call.
net::awaitable<raced> race_first_flight(
    flow& of, const request& asked, const server_leg& leg, bytes from_client, bytes from_server);
// The same with legs of another make.
net::awaitable<raced> race_first_flight(
    flow& of, const request& asked, const server_leg& leg, bytes from_client, bytes from_server,
    leg_opener open);

} // namespace helloscope::relay
