// Faults on the way to the server: instead of a lookup, instead of a connection. Each answers as
// the true failure would, and says that it did.
#pragma once

#include "flow.hpp"
#include "helloscope/net/dialers/happy_eyeballs.hpp"
#include "helloscope/net/resolver.hpp"

namespace helloscope::relay {

// Those of the flow's route, and those of the listener it came by, are the flow's from here on. The
// first request of a connection decides.
void arm_faults(flow& of);

// What a broken lookup of this name gives; nothing: it is to be made.
std::optional<net::resolver::answer> broken_lookup(flow& of, const host_port& name);

// What a broken attempt at these addresses gives, told as it would be, after its time; nothing: it
// is to be made, perhaps later than it would have been.
net::awaitable<std::optional<net::dialed>> broken_dial(
    flow& of, const net::resolver::answer& to, std::chrono::milliseconds limit);

} // namespace helloscope::relay
