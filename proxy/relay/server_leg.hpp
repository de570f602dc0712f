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

// Resolves, connects and passes the parents, each step told; `of.server` then stands, unless `why`.
// `asked` outlives the call.
net::awaitable<server_leg> open_server_leg(flow& of, const request& asked);

// Whether plain requests on this way go to its last parent in absolute-form; else the leg is a
// tunnel to the server.
bool ends_at_parent(const options& wanted, const policy::way_out& way);

// Whether a connection to this address would come in there: a loop.
bool is_listener(const listening& where, const ip_address& address, std::uint16_t port);

} // namespace helloscope::relay
