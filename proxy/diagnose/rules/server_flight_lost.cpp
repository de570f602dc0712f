#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Later segments of the server's flight came, an earlier one never does. Chance loss heals within
// two seconds even at 20 %, so it is not that.
std::optional<finding> server_flight_lost(const facts& f) {
    constexpr duration settled = std::chrono::seconds(2);
    const auto& in = f.server_leg.in;
    if (!handshake_unfinished(f) || !f.stuck() || f.server_left() ||
        f.server_leg.out.all_acked == false || in.out_of_order.value_or(0) == 0 ||
        f.stalled_for.value_or(f.waited.value_or(duration{})) < settled)
        return std::nullopt;
    auto out = found(
        "mtu-black-hole-to-client", certainty::likely,
        fmt::format(
            "The answer of {} is lost on its way: later segments came, an earlier and longer one "
            "never does.",
            peer_of(f)));
    says_bytes(out, "ClientHello, acknowledged", f.server_leg.out.acked);
    says_bytes(out, "received in order", f.from_server);
    says(out, "segments behind the gap", in.out_of_order);
    says_bytes(out, "longest segment that came", in.largest_arrived);
    says_bytes(out, "MSS we asked for", f.server_leg.snd_mss);
    out.missing.push_back("whether the same flight arrives in smaller segments");
    out.remedies.push_back(
        {"network",
         "Let ICMP \"fragmentation needed\" reach the server, or clamp the MSS where the "
         "path narrows (VPN, tunnel, container bridge)",
         ""});
    out.remedies.push_back(
        {"host",
         "Lower the MTU of this machine's interface to the narrowest link, so that the "
         "server sends shorter segments",
         ""});
    return out;
}

} // namespace helloscope::diagnose::rules
