#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> parent_silent(const facts& f) {
    constexpr duration patience = std::chrono::seconds(1);
    const bool deadline = parent_said(f, {"silent"});
    const auto waited = deadline ? f.parent_answer->took : f.parent_waited.value_or(duration{});
    if (!deadline && (!f.stuck() || waited < patience)) return std::nullopt;
    const bool lasts = !deadline && !f.over();
    auto out = found_at_parent(
        f, "parent-silent", lasts ? certainty::suspected : certainty::likely,
        fmt::format(
            "The parent proxy {}, asked for a connection to {}, {} {}.", parent_of(f),
            beyond_parent(f), lasts ? "has not answered for" : "did not answer within",
            text_of(waited)));
    says_bytes(out, "acknowledged by it", f.server_leg.out.acked);
    if (f.server_leg.min_rtt) says(out, "round trip", text_of(*f.server_leg.min_rtt));
    out.missing.push_back("whether it waits for " + beyond_parent(f) + " or is stuck itself");
    add_curl(out, f, "See the same without helloscope, and then with another host");
    add_ways_around(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
