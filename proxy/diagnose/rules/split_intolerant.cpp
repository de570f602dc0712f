#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// A small hello is answered whole and not in two segments: the peer reads the first segment only.
std::optional<finding> split_intolerant(const facts& f) {
    const auto whole = answered(f, change::smaller_hello);
    const auto cut = refused(f, change::small_in_pieces);
    const bool failed = f.server_alert ? !f.server_hello : unanswered(f) && f.stuck();
    // What the server's kernel never got is lost on the way.
    const bool lost = f.server_leg.out.all_acked == false && !f.server_left();
    if (!failed || lost || !whole || !cut) return std::nullopt;
    auto out = found(
        "split-intolerant", certainty::confirmed,
        fmt::format(
            "{} takes a ClientHello in one segment only: a small one was answered whole and not "
            "in two pieces.",
            server_of(f)));
    says_bytes(out, "ClientHello", f.hello_bytes);
    if (const auto segments = segments_of(f, f.hello_bytes))
        says(out, "its segments", text_of_number(*segments));
    says_trials(out, f);
    add_smaller_hello(out, f);
    out.remedies.push_back(
        {"server", "Let it read until the ClientHello is whole: update its TLS stack (tldr.fail)",
         ""});
    return out;
}

} // namespace helloscope::diagnose::rules
