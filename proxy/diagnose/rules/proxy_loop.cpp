#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Our Via came back, or the connection would lead to our own listener: only then was a name looked
// up.
std::optional<finding> proxy_loop(const facts& f) {
    if (!gave_up_with(f, {"proxy_loop_detected"})) return std::nullopt;
    auto out = found(
        "proxy-loop", certainty::confirmed,
        "The request came back to helloscope: the way out leads to itself.");
    says(out, "front", f.front);
    if (!f.host.empty()) says(out, "target", server_of(f));
    if (const auto way = way_out(f.parents, f.parent_source); !way.empty())
        says(out, "way out", way);
    says(out, "answer", fmt::format("{} {}", f.answer->status, f.answer->reason));
    if (f.looked_up.empty())
        out.remedies.push_back(
            {"helloscope",
             "Its own parent proxy, or one behind that, sends requests back here: name another, or "
             "none",
             "--via direct"});
    else if (f.parents.empty())
        out.remedies.push_back(
            {"client", "Ask for the server's own address: this one is helloscope's listener", ""});
    else
        out.remedies.push_back(
            {"helloscope",
             fmt::format(
                 "{} leads helloscope to itself: name the next proxy there, or none",
                 f.parent_source),
             "--via direct"});
    return out;
}

} // namespace helloscope::diagnose::rules
