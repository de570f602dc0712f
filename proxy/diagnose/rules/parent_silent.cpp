#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

constexpr duration patience = std::chrono::seconds(1);

std::string summary_of(const facts& f, duration waited, bool lasts) {
    return fmt::format(
        "The parent proxy {}, asked for a connection to {}, {} {}.", parent_of(f), beyond_parent(f),
        lasts ? "has not answered for" : "did not answer within", text_of(waited));
}

} // namespace

std::optional<finding> parent_silent(const facts& f) {
    const bool told = parent_said(f, {"silent"});
    const bool plainly = parent_failed_plainly(f, {"http_response_timeout"});
    const auto waited = told ? f.parent_answer->took : f.parent_waited.value_or(duration{});
    if (!told && !plainly && (!f.stuck() || waited < patience)) return std::nullopt;
    const bool lasts = !told && !plainly && !f.over();
    auto out = found_at_parent(
        f, "parent-silent", lasts ? certainty::suspected : certainty::likely,
        plainly ? fmt::format("The {}.", f.answer->reason) : summary_of(f, waited, lasts));
    says_bytes(out, "acknowledged by it", f.server_leg.out.acked);
    if (f.server_leg.min_rtt) says(out, "round trip", text_of(*f.server_leg.min_rtt));
    out.missing.push_back("whether it waits for " + beyond_parent(f) + " or is stuck itself");
    add_curl(out, f, "See the same without helloscope, and then with another host");
    add_ways_around(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
