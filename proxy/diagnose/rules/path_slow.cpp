#include "rules.hpp"

namespace helloscope::diagnose::rules {

// The round trip alone ate the client's patience: a TLS handshake needs two or three of them.
std::optional<finding> path_slow(const facts& f) {
    constexpr duration far = std::chrono::milliseconds(300);
    const auto floor = f.server_leg.min_rtt.value_or(duration{});
    if (!f.connected() || f.established || !f.client_hello || !f.client_left() || floor < far ||
        f.server_leg.out.retransmits.value_or(0) > 1 || f.waited.value_or(duration{}) > 6 * floor)
        return std::nullopt;
    auto out = found(
        "path-slow", certainty::likely,
        fmt::format(
            "One round trip to {} takes {}: the client left after {}, before a handshake can be "
            "over.",
            peer_of(f), text_of(floor), text_of(f.lasted)));
    says(out, "round trip, at best", text_of(floor));
    if (f.waited) says(out, "waited since the ClientHello", text_of(*f.waited));
    out.remedies.push_back({"client", "Give it more time for the handshake, if it lets you", ""});
    out.remedies.push_back(
        {"network", "Is the way longer than it needs to be (a VPN through another country)?", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
