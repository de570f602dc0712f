// The way to the server: by itself or through parent proxies, one after the other.
#pragma once

#include "front.hpp"
#include "helloscope/wire/front/proxy_url.hpp"

namespace helloscope::relay {

struct server_leg {
    endpoint local; // our end of it
    bytes early;    // what the server said right behind a parent's answer
    // Plain HTTP: the last parent, which takes the request in absolute-form.
    std::optional<wire::front::proxy_url> http_parent;
    std::optional<refusal> why; // there is none

    server_leg() = default;
    explicit server_leg(refusal no) : why(std::move(no)) {}
};

// The route of what is asked, which is then the flow's, and the way out. Where a route names a
// network, the name is looked up for it.
net::awaitable<void> choose_way(flow& of, request& asked);

// Resolves, connects and passes the parents, each step told; `of.server` then stands, unless `why`.
// `asked` outlives the call; its way is chosen, unless it was.
net::awaitable<server_leg> open_server_leg(flow& of, request& asked);

// Whether plain requests on this way go to its last parent in absolute-form; else the leg is a
// tunnel to the server.
bool ends_at_parent(const options& wanted, const policy::way_out& way);

// Whether a connection to this address would come in there: a loop.
bool is_listener(const listening& where, const ip_address& address, std::uint16_t port);

} // namespace helloscope::relay
