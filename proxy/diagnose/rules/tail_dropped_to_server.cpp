#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Full segments arrived, a shorter rest never does: that is no matter of length. A filter takes
// what does not begin like TLS, or cannot join a hello of several segments.
std::optional<finding> tail_dropped_to_server(const facts& f) {
    const auto leg = first_try(f);
    if (!is_healed(f) && (!unanswered(f) || !f.stuck() || f.server_left())) return std::nullopt;
    const auto piece = stuck_piece(f, leg);
    const auto acked = leg.out.acked.value_or(0);
    const std::uint32_t enough = is_healed(f) ? 0 : f.over() ? 1 : 2;
    if (leg.out.all_acked != false || !piece || acked == 0 || acked < leg.snd_mss.value_or(0) ||
        *piece >= leg.snd_mss.value_or(0) || leg.out.retransmits.value_or(0) < enough)
        return std::nullopt;
    const auto cure = answered(f, change::records);
    auto out = found(
        "tail-dropped-to-server",
        cure                                   ? certainty::confirmed
        : leg.out.retransmits.value_or(0) >= 3 ? certainty::likely
                                               : certainty::suspected,
        fmt::format(
            "The last {} of the ClientHello never get through to {}, though the longer segment{} "
            "before them arrived.",
            text_of_bytes(*piece), peer_of(f), acked > leg.snd_mss.value_or(0) ? "s" : ""));
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_bytes(out, "acknowledged", acked);
    says_bytes(out, "piece sent again and again", *piece);
    says(out, "timeouts in a row", leg.out.retransmits);
    says_bytes(out, "MSS", leg.snd_mss);
    says_trials(out, f);
    if (!cure) out.others = {"hello-content-refused", "path-dead"};
    if (!cure)
        out.missing.push_back("whether the hello passes when each segment begins a TLS record");
    add_smaller_hello(out, f);
    out.remedies.push_back(
        {"helloscope", "Send each piece as a TLS record of its own",
         "helloscope run --shape 'records:sni+2|split:records'"});
    out.remedies.push_back(
        {"network", "A firewall on the path does not take a ClientHello in two segments: update it",
         ""});
    return out;
}

} // namespace helloscope::diagnose::rules
