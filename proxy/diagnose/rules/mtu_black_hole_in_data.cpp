#include "../data_stall.hpp"
#include "../remedies.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

namespace {

std::string summary_of(const data_stall& stall, const std::string& peer) {
    if (stall.answer_lost)
        return fmt::format(
            "The handshake with {} went well, but its answer seems to be lost on its way: what the "
            "client sent last arrived at once, the acknowledgement came at the second time only, "
            "and nothing else.",
            peer);
    if (stall.to_us)
        return fmt::format(
            "The handshake with {} went well, but what it sends is lost on its way: later segments "
            "came, an earlier and longer one never does.",
            peer);
    return fmt::format(
        "The handshake with {} went well, but the data does not get through to it: a segment of {} "
        "is lost every time, though a shorter one behind it arrived.",
        peer, text_of_bytes(*stall.piece));
}

// A gap is one of length as long as no full segment has come.
bool is_of_length(const data_stall& stall, const model::leg_facts& leg) {
    if (stall.answer_lost) return true;
    if (!stall.later_arrived) return false;
    return stall.to_us ? full_segments_came(leg) != true : stall.piece.value_or(0) > 536;
}

} // namespace

// The handshake fitted through, the data does not: long segments are lost every time, a shorter one
// behind them arrived, or nothing shows of them but the acknowledgement that one of them carried.
std::optional<finding> mtu_black_hole_in_data(const facts& f) {
    const auto stall = data_stall_of(f);
    if (!stall) return std::nullopt;
    const auto& leg = stall->where == model::leg::server ? f.server_leg : f.client_leg;
    if (!is_of_length(*stall, leg)) return std::nullopt;
    auto out = found(
        "mtu-black-hole-in-data", stall->answer_lost ? certainty::suspected : certainty::likely,
        summary_of(*stall, far_end_of(f, stall->where)));
    if (stall->answer_lost) out.others = {"server-slow", "path-lossy"};
    if (stall->to_us && !stall->answer_lost && !full_segments_came(leg))
        out.others = {"stalled-in-data"};
    says(out, "stands still for", text_of(*f.stalled_for));
    says(out, "timeouts in a row", leg.out.retransmits);
    if (stall->answer_lost) says(out, "sent again though it had arrived", leg.out.duplicates);
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
