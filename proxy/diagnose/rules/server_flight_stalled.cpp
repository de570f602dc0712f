#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// The server began to answer and then stopped; nothing waits behind a gap, or what is missing there
// is no long segment. Its last segments may be lost as a whole, or it may have stopped by itself.
std::optional<finding> server_flight_stalled(const facts& f) {
    const auto received = f.server_leg.in.bytes.value_or(f.from_server);
    const bool gap = gap_stands(f.server_leg);
    const bool client_owes = f.at >= model::stage::client_finish && f.server_hello;
    if (!handshake_unfinished(f) || !f.stuck() || f.server_left() || client_owes ||
        (f.from_server == 0 && (received == 0 || f.over())) ||
        (gap && full_segments_came(f.server_leg) != true) || f.server_leg.out.all_acked == false ||
        !f.server_leg.out.all_acked || silence_of(f) < patience_of(f))
        return std::nullopt;
    const auto mss = f.server_leg.in.largest_arrived;
    const bool whole_segments = mss && *mss > 0 && received % *mss == 0;
    auto out = found(
        "server-flight-stalled", f.over() ? certainty::likely : certainty::suspected,
        gap ? fmt::format(
                  "{} began to answer, and one segment of its flight never comes, though the "
                  "longest ones do: {} came, then nothing for {}.",
                  peer_of(f), text_of_bytes(received), text_of(silence_of(f)))
            : fmt::format(
                  "{} began to answer and stopped: {} of its flight came, then nothing for {}.",
                  peer_of(f), text_of_bytes(received), text_of(silence_of(f))));
    says_bytes(out, "received in order", received);
    says(out, "segments behind a gap", gap ? f.server_leg.in.out_of_order : 0u);
    says_bytes(out, "longest segment that came", mss);
    if (f.server_leg.min_rtt) says(out, "round trip", text_of(*f.server_leg.min_rtt));
    says_trials(out, f);
    if (gap) {
        out.others.push_back("path-lossy");
        out.missing.push_back("which segment it is: a capture on the server tells");
        out.remedies.push_back(
            {"network", "Does a firewall on the path drop what does not begin like a TLS record?",
             ""});
        return out;
    }
    if (!refused(f, change::smaller_segments)) out.others.push_back("mtu-black-hole-to-client");
    out.others.push_back("server-slow");
    if (whole_segments)
        out.missing.push_back(
            "the end of its flight: what came is whole segments, so more was sent");
    out.missing.push_back("whether a second connection with a small MSS gets the whole flight");
    add_clamp(out, f, f.server_leg.advmss);
    return out;
}

} // namespace helloscope::diagnose::rules
