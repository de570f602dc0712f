#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

void add_suspects(finding& to, const facts& f) {
    if (!refused(f, change::smaller_segments)) may_be(to, "mtu-black-hole-to-client");
    // What a parent acknowledged may still be lost behind it.
    if (!f.parents.empty()) to.others.insert(to.others.end(), {"hello-dropped", "path-dead"});
    const bool small_ones_too = refused(f, change::smaller_hello).has_value();
    if (segments_of(f, f.hello_bytes).value_or(2) > 1 && !small_ones_too)
        to.others.insert(to.others.end(), {"hello-size-intolerant", "split-intolerant"});
    if (!refused(f, change::nothing)) may_be(to, "hello-content-refused");
    // Unless others were well served under that name, or at that address.
    const auto served = [&](std::string_view scope) {
        const auto* others = f.seen(scope);
        return others != nullptr && others->succeeded > 0;
    };
    if (!served("name")) may_be(to, "name-filtered");
    if (!served("address")) may_be(to, "address-broken");
    to.others.insert(to.others.end(), {"server-slow", "backend-down"});
}

} // namespace

// To every counter of this kernel a silent server and one whose whole flight is lost look the same:
// `others` says so.
std::optional<finding> server_silent(const facts& f) {
    const auto silence = f.waited.value_or(f.stalled_for.value_or(duration{}));
    const bool ended_somehow = !f.first_end && f.server_end; // and nobody knows who was first
    if (ended_somehow || !unanswered(f) || !f.stuck() || f.server_left() ||
        f.server_leg.out.all_acked != true || gap_stands(f.server_leg) || silence < patience_of(f))
        return std::nullopt;
    auto out = found(
        "server-silent", f.over() ? certainty::likely : certainty::suspected,
        fmt::format(
            "{} acknowledged the whole ClientHello{} and {} {}.", peer_of(f),
            f.parents.empty() ? "" : " for " + server_of(f),
            f.over() ? "sent nothing in" : "has sent nothing for", text_of(silence)));
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_bytes(out, "acknowledged", f.server_leg.out.acked);
    says_bytes(out, "received", f.from_server);
    says(out, "segments behind a gap", f.server_leg.in.out_of_order);
    if (f.server_leg.min_rtt) says(out, "round trip", text_of(*f.server_leg.min_rtt));
    says_trials(out, f);
    add_suspects(out, f);
    if (!refused(f, change::smaller_segments)) {
        out.missing.push_back("whether a second connection with a small MSS is answered: then the "
                              "server's segments were too long for the path");
        add_clamp(out, f, f.server_leg.advmss);
    }
    add_smaller_hello(out, f);
    out.remedies.push_back(
        {"server",
         "Does it accept connections and answer other clients? A balancer may take them "
         "for a backend that is down",
         ""});
    return out;
}

} // namespace helloscope::diagnose::rules
