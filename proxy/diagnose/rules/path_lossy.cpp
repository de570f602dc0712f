#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Things moved, slowly, because segments were lost again and again; then somebody gave up.
std::optional<finding> path_lossy(const facts& f) {
    const auto& leg = f.server_leg;
    const auto again = leg.out.total_retrans.value_or(0);
    const auto behind = leg.in.out_of_order.value_or(0);
    const bool moved = f.from_server > 0;
    if (!f.connected() || f.established || !f.client_hello || !f.client_left() || !moved ||
        again + behind < 3)
        return std::nullopt;
    auto out = found(
        "path-lossy", certainty::suspected,
        fmt::format(
            "The path to {} loses segments: the handshake was not over when the client left after "
            "{}.",
            peer_of(f), text_of(f.lasted)));
    says(out, "segments sent again", leg.out.total_retrans);
    says(out, "segments received behind a gap", leg.in.out_of_order);
    if (leg.rtt) says(out, "round trip", text_of(*leg.rtt));
    out.missing.push_back("where they are lost: helloscope compare, with a capture of the far end");
    out.remedies.push_back(
        {"network", "Measure the loss on the way",
         "mtr --tcp --port " + std::to_string(f.port) + " " + word(host_of(f))});
    return out;
}

} // namespace helloscope::diagnose::rules
