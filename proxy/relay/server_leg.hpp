// The way to the server: by itself or through parent proxies, one after the other.
#pragma once

#include "front.hpp"
#include "helloscope/wire/front/proxy_url.hpp"

namespace helloscope::relay {

struct server_leg {
    endpoint local;                    // our end of it
    endpoint address;                  // its other end: the server, or the nearest parent
    std::vector<ip_address> addresses; // all that the other end has
    policy::way_out way;
    bytes early; // what the server said right behind a parent's answer
    // Plain HTTP: the last parent, which takes the request in absolute-form.
    std::optional<wire::front::proxy_url> http_parent;
    std::optional<refusal> why; // there is none

    server_leg() = default;
    explicit server_leg(refusal no) : why(std::move(no)) {}

    // The addresses take turns, beginning with the first.
    endpoint at(std::size_t turn) const {
        return {addresses.at(turn % addresses.size()), address.port};
    }
};

// The route of what is asked, which is then the flow's, and the way out. Where a route names a
// network, the name is looked up for it.
net::awaitable<void> choose_way(flow& of, request& asked);

// Resolves, connects and passes the parents, each step told; `of.server` then stands, unless `why`.
// `asked` outlives the call; its way is chosen, unless it was.
net::awaitable<server_leg> open_server_leg(flow& of, request& asked);

// Another connection beside the one that stands: the same way, each parent asked anew, but to the
// address whose turn it is, and with segments so large at most. The flow is told nothing of it.
struct leg_beside {
    std::unique_ptr<net::stream> stream; // null: there is none
    endpoint address, local;
    bytes early;       // as in server_leg
    std::string error; // why there is none
    leg_beside() = default;
};
net::awaitable<leg_beside> open_leg_beside(
    flow& of, const request& asked, const server_leg& like, std::size_t turn,
    std::optional<shape::clamp> segments);

// Our end of the flow's server leg is told to all flows, where redirected ones could come from it.
void note_own_end(flow& of, const endpoint& local);

// Whether plain requests for `target` go to the last parent of this way in absolute-form; else the
// leg is a tunnel to the server.
bool ends_at_parent(const options& wanted, const policy::way_out& way, const host_port& target);

// Whether a connection to this address would come in there: a loop.
bool is_listener(const listening& where, const ip_address& address, std::uint16_t port);

} // namespace helloscope::relay
