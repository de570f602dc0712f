// What to do about a cause, with the numbers of this flow filled in: for the client by who it is,
// for helloscope, for this machine, for the network. Each adds only what fits.
#pragma once

#include "rule.hpp"

namespace helloscope::diagnose {

// The program behind the hello, by what it called itself and else by its hello: "Bazelisk and other
// Go programs", "curl"; empty when unknown.
std::string client_of(const facts& f);

// Bytes of the hello without its post-quantum share; empty where it has none.
std::optional<std::uint64_t> size_without_post_quantum(const facts& f);

// The ways to make the same client send a hello that fits one segment; none when it does already.
void add_smaller_hello(finding& to, const facts& f);

// The largest MSS of the ladder (design.md: 1360, 1240, 536 on IPv4) whose segments are shorter
// than a piece that is lost; what worked where something did.
std::uint32_t mss_below(const facts& f, std::optional<std::uint32_t> lost);

// Clamp, heal; for a flow that is stuck because of its sizes.
void add_clamp(finding& to, const facts& f, std::optional<std::uint32_t> lost);
// For this machine: a smaller MTU on the route, and the kernel's own search where we are the sender
// and it is off.
void add_host_mtu(finding& to, const facts& f, std::optional<std::uint32_t> lost, bool we_send);
// For who runs the network: let ICMP pass, clamp at the narrow place.
void add_network_mtu(finding& to, const facts& f);

// Trust in the CA that signed what the server presents, for this client.
void add_trust(finding& to, const facts& f);

// See what the server presents; goes the way of the flow.
std::string openssl_look(const facts& f);

} // namespace helloscope::diagnose
