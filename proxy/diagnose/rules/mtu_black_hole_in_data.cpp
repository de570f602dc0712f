#include "../data_stall.hpp"
#include "../remedies.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// The handshake fitted through, the data does not: long segments are lost every time, a shorter one
// behind them arrived.
std::optional<finding> mtu_black_hole_in_data(const facts& f) {
    const auto stall = data_stall_of(f);
    if (!stall || !stall->later_arrived || (!stall->to_us && stall->piece.value_or(0) <= 536))
        return std::nullopt;
    const auto& leg = stall->where == model::leg::server ? f.server_leg : f.client_leg;
    const auto peer = far_end_of(f, stall->where);
    auto out = found(
        "mtu-black-hole-in-data", certainty::likely,
        stall->to_us
            ? fmt::format(
                  "The handshake with {} went well, but what it sends is lost on its way: later "
                  "segments came, an earlier and longer one never does.",
                  peer)
            : fmt::format(
                  "The handshake with {} went well, but the data does not get through to it: a "
                  "segment of {} is lost every time, though a shorter one behind it arrived.",
                  peer, text_of_bytes(*stall->piece)));
    says(out, "stands still for", text_of(*f.stalled_for));
    says(out, "timeouts in a row", leg.out.retransmits);
    says(out, "segments selectively acknowledged", leg.out.sacked);
    says(out, "segments behind a gap", leg.in.out_of_order);
    says_bytes(out, "piece sent again and again", stall->piece);
    says_bytes(out, "longest segment that came", leg.in.largest_arrived);
    says_bytes(out, "MSS", leg.snd_mss);
    out.missing.push_back("whether the same transfer passes in smaller segments");
    if (stall->where == model::leg::client) {
        const auto mss = mss_below(f, stall->piece);
        out.remedies.push_back(
            {"helloscope", "Keep segments small on the leg to the client",
             fmt::format("helloscope run --client-mss {}", mss)});
        return out;
    }
    const auto longest = stall->to_us ? leg.advmss : stall->piece;
    add_clamp(out, f, longest);
    add_host_mtu(out, f, longest, !stall->to_us);
    add_network_mtu(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
