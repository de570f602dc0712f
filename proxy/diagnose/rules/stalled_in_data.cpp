#include "../data_stall.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Data was sent again and again and never acknowledged. That it stands still is all that is known.
std::optional<finding> stalled_in_data(const facts& f) {
    const auto stall = data_stall_of(f);
    if (!stall || stall->answer_lost) return std::nullopt;
    const auto& leg = stall->where == model::leg::server ? f.server_leg : f.client_leg;
    auto out = found(
        "stalled-in-data", certainty::likely,
        fmt::format(
            "The transfer stands still for {}: {} {}.", text_of(*f.stalled_for),
            far_end_of(f, stall->where),
            stall->to_us ? "sent what did not arrive" : "acknowledges nothing any more"));
    says(out, "timeouts in a row", leg.out.retransmits);
    says(out, "segments not acknowledged", leg.out.unacked);
    says_bytes(out, "piece sent again and again", stall->piece);
    if (leg.last_heard) says(out, "last heard", text_of(*leg.last_heard) + " before");
    out.others = {"path-dead"};
    if (stall->piece.value_or(1448) > 536) out.others.push_back("mtu-black-hole-in-data");
    out.missing.push_back("whether the other end is still there: ask it anew");
    return out;
}

} // namespace helloscope::diagnose::rules
