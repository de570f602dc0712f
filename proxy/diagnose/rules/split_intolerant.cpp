#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// A small hello is answered whole and not in two segments: the peer reads the first segment only.
std::optional<finding> split_intolerant(const facts& f) {
    const auto whole = answered(f, change::smaller_hello);
    const auto cut = refused(f, change::small_in_pieces);
    if (!handshake_unfinished(f) || f.from_server > 0 || !f.stuck() || !whole || !cut)
        return std::nullopt;
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
