// The first step of a server leg: a connection to whoever is nearest on the way, the server itself
// or a parent.
#pragma once

#include "server_leg.hpp"

namespace helloscope::relay {

// What the words of a failure are about: "registry.test:443", "parent proxy http://p:3128".
struct hop_name {
    std::string text;
    host_port at;
    bool parent = false;
};

inline hop_name name_of(const host_port& target) { return {to_string(target), target}; }
inline hop_name name_of(const wire::front::proxy_url& parent) {
    return {"parent proxy " + to_string(parent), parent.at, true};
}

net::awaitable<net::resolver::answer> resolve(flow& of, host_port what);
refusal no_address(const hop_name& what, const net::resolver::answer& got);
// Whoever waits for the leg has given it up.
net::awaitable<bool> cancelled();

// A TCP connection to the server or to the nearest parent, whose addresses may be known already.
// `other_target`: --connect-to has led there.
net::awaitable<server_leg> dial(
    flow& of, hop_name what, bool other_target, std::optional<net::resolver::answer> known);

} // namespace helloscope::relay
