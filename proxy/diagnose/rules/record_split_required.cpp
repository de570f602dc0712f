#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// The hello passes when every segment holds a whole TLS record, and not when the same segments
// part one record.
std::optional<finding> record_split_required(const facts& f) {
    const auto cure = answered(f, change::records);
    const bool failed = is_healed(f) || (f.server_alert && !f.server_hello) ||
                        (unanswered(f) && f.stuck());
    // A tail that is lost on the way is tail-dropped-to-server's.
    const auto leg = first_try(f);
    const bool tail = leg.out.all_acked == false && leg.out.acked.value_or(0) > 0;
    if (!failed || !cure || tail) return std::nullopt;
    const bool cut_fails = refused(f, change::pieces) || refused(f, change::smaller_segments) ||
                           refused(f, change::small_in_pieces);
    auto out = found(
        "record-split-required", cut_fails ? certainty::confirmed : certainty::likely,
        fmt::format(
            "A ClientHello reaches {} only as TLS records that each fit one segment.",
            server_of(f)));
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_trials(out, f);
    if (!cut_fails) out.others = {"name-filtered", "split-intolerant"};
    out.remedies.push_back(
        {"helloscope", "Send it so", "helloscope run --shape " + word(cure->how)});
    add_smaller_hello(out, f);
    out.remedies.push_back(
        {"network",
         "Something on the path wants a whole TLS record in the first segment: update it", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
