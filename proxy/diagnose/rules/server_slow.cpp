#include "rules.hpp"

namespace helloscope::diagnose::rules {

// It answers, but late: the client had to wait for the server and not for the path, and left.
std::optional<finding> server_slow(const facts& f) {
    constexpr duration late = std::chrono::seconds(2);
    constexpr duration far = std::chrono::milliseconds(300);
    const auto& leg = f.server_leg;
    if (!handshake_unfinished(f) || !f.client_left() || f.from_server == 0 ||
        leg.out.all_acked == false || gap_stands(leg) || leg.min_rtt.value_or(far) >= far)
        return std::nullopt;
    const auto waited = f.waited.value_or(duration{});
    const bool began_late = f.answered_after.value_or(duration{}) >= late &&
                            2 * *f.answered_after >= waited;
    const bool trickles = waited >= late && !f.stalled_for; // it never stood still for long
    if (!began_late && !trickles) return std::nullopt;
    auto out = found(
        "server-slow", certainty::likely,
        began_late ? fmt::format(
                         "{} began to answer only {} after the ClientHello, and the client left "
                         "after {}.",
                         peer_of(f), text_of(*f.answered_after), text_of(f.lasted))
                   : fmt::format(
                         "{} was still sending its flight when the client left after {}: {} had "
                         "come.",
                         peer_of(f), text_of(f.lasted), text_of_bytes(f.from_server)));
    says_bytes(out, "acknowledged", leg.out.acked);
    says_bytes(out, "received", f.from_server);
    says(out, "round trip", text_of(*leg.min_rtt));
    says(out, "segments sent again", leg.out.total_retrans);
    out.remedies.push_back(
        {"server", "Is it short of processor time, or does it wait for something itself (OCSP)?",
         ""});
    out.remedies.push_back({"client", "Give it more time for the handshake, if it lets you", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
