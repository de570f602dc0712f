// The parent proxies on the way to the server, passed one after the other on the connection to the
// first.
#pragma once

#include "server_leg.hpp"

namespace helloscope::relay {

// A leg that is being made: the flow's own, step by step, or another one beside it, of which the
// flow is told nothing.
struct making {
    flow& of;
    std::unique_ptr<net::stream>& stream;
    bool beside = false;
    bytes early{}; // what came behind the last parent's answer

    void tell(model::happening what) const {
        if (!beside) of.tell(std::move(what));
    }
    void heard() const {
        if (!beside) of.touch();
    }
};

// Up to the server, or to the last parent where that takes plain requests (`leg.http_parent`).
net::awaitable<std::optional<refusal>> pass_parents(
    making& on, server_leg& leg, const policy::way_out& way, const host_port& target,
    const request& asked);

} // namespace helloscope::relay
