#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> closed_after_hello(const facts& f) {
    if (!handshake_unfinished(f) || !f.server_left() || f.first_end->how != "fin")
        return std::nullopt;
    auto out = found(
        "closed-after-hello", certainty::likely,
        fmt::format(
            "{} closed the connection{} {} after the ClientHello, {}.", peer_of(f),
            f.parents.empty() ? "" : " to " + server_of(f), text_of(f.waited.value_or(duration{})),
            f.from_server == 0 ? "without an answer" : "in the middle of the handshake"));
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_bytes(out, "acknowledged", f.server_leg.out.acked);
    says_bytes(out, "received", f.from_server);
    out.others = {"backend-down", "hello-content-refused"};
    if (segments_of(f, f.hello_bytes).value_or(2) > 1)
        out.others.insert(out.others.end(), {"hello-size-intolerant", "split-intolerant"});
    drop_tested(out, f);
    says_trials(out, f);
    if (!refused(f, change::smaller_hello))
        out.missing.push_back("whether a smaller hello is answered");
    add_smaller_hello(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
