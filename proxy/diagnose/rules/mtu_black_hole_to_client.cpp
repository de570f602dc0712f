#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

// The flight is lost in part and its gap shows; or it is lost as a whole, and a smaller MSS on the
// same path brought it.
std::optional<certainty> how_sure(const facts& f, const model::leg_facts& leg) {
    const bool gap = gap_stands(leg);
    if (const auto cure = answered(f, change::smaller_segments)) {
        if (answered(f, change::nothing)) return certainty::likely; // it has come through, too
        if (gap || refused(f, change::nothing)) return certainty::confirmed;
        // A server that was only slow the first time would look the same.
        const bool quick = 4 * cure->took < silence_of(f) || is_healed(f);
        return quick ? std::optional(certainty::likely) : std::nullopt;
    }
    return gap && full_segments_came(leg) != true ? std::optional(certainty::likely) : std::nullopt;
}

} // namespace

// Later segments of the server's flight came, an earlier one never does. Chance loss has healed by
// then even at 20 %, so it is not that. What is lost while full segments pass is not long:
// that is server_flight_stalled's.
std::optional<finding> mtu_black_hole_to_client(const facts& f) {
    const auto leg = first_try(f);
    const bool stands = handshake_unfinished(f) && f.stuck() && !f.server_left() &&
                        silence_of(f) >= patience_of(f);
    if ((!is_healed(f) && !stands) || leg.out.all_acked == false) return std::nullopt;
    const auto sure = how_sure(f, leg);
    if (!sure) return std::nullopt;
    const auto cure = answered(f, change::smaller_segments);
    const bool gap = gap_stands(leg);
    auto out = found(
        "mtu-black-hole-to-client", *sure,
        gap ? fmt::format(
                  "The answer of {} is lost on its way: later segments came, an earlier and longer "
                  "one never does{}.",
                  peer_of(f), cure ? ", unless segments are kept small (" + cure->how + ")" : "")
            : fmt::format(
                  "The answer of {} is lost on its way: nothing of it came, and it came at once "
                  "when segments were kept small ({}).",
                  peer_of(f), cure->how));
    says_bytes(out, "ClientHello, acknowledged", leg.out.acked);
    says_bytes(out, "received in order", leg.in.bytes.value_or(f.from_server));
    says(out, "segments behind the gap", leg.in.out_of_order);
    says_bytes(out, "longest segment that came", leg.in.largest_arrived);
    says_bytes(out, "MSS we asked for", leg.advmss);
    says_trials(out, f);
    if (!cure) out.missing.push_back("whether the same flight arrives in smaller segments");
    if (!gap && *sure != certainty::confirmed) out.others.push_back("server-slow");
    if (gap && !cure && !full_segments_came(leg)) out.others.push_back("server-flight-stalled");
    const auto longest = leg.advmss.value_or(leg.snd_mss.value_or(1460));
    add_clamp(out, f, longest);
    add_network_mtu(out, f);
    add_host_mtu(out, f, longest, false);
    out.remedies.push_back(
        {"server", "Let the server's kernel look for a smaller size by itself",
         "sudo sysctl -w net.ipv4.tcp_mtu_probing=1"});
    return out;
}

} // namespace helloscope::diagnose::rules
