#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

// What could have swallowed it, the likeliest first. A segment of 536 bytes fits every path.
std::vector<std::string> suspects(const facts& f, std::uint32_t piece) {
    std::vector<std::string> all;
    const auto acked = f.server_leg.out.acked.value_or(0);
    if (piece > 536) all.push_back("mtu-black-hole-to-server");
    if (name_is_within(f, acked, piece)) all.push_back("name-filtered");
    all.push_back("hello-content-refused");
    if (!f.server_leg.out.acked || !f.server_leg.snd_mss) all.push_back("tail-dropped-to-server");
    if (acked == 0 && !later_piece_arrived(f.server_leg)) all.push_back("path-dead");
    return all;
}

// Fewer timeouts in a row are chance while it lasts. The probe that the kernel sends before the
// first one (RFC 8985 section 7) was lost as well.
bool lost_too_often(const facts& f) {
    const auto timeouts = f.server_leg.out.retransmits.value_or(0);
    if (f.over()) return timeouts >= 1;
    return timeouts >= 3 || (timeouts == 2 && f.server_leg.out.total_retrans.value_or(0) > 2);
}

} // namespace

// That it does not arrive is all that is known: rules that know why come first.
std::optional<finding> hello_dropped(const facts& f) {
    const auto& out_leg = f.server_leg.out;
    if (!unanswered(f) || !f.stuck() || f.server_left() || out_leg.all_acked != false ||
        !lost_too_often(f))
        return std::nullopt;
    const auto missing = out_leg.sent.value_or(f.hello_bytes) - out_leg.acked.value_or(0);
    auto out = found(
        "hello-dropped", out_leg.retransmits >= 3u ? certainty::likely : certainty::suspected,
        fmt::format(
            "The ClientHello does not get through to {}: {} of its {} bytes were never "
            "acknowledged, though sent again {}.",
            peer_of(f), text_of_number(missing), text_of_number(f.hello_bytes),
            text_of_count(*out_leg.retransmits, "time")));
    const auto piece = stuck_piece(f, f.server_leg);
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_bytes(out, "acknowledged", out_leg.acked);
    says(out, "segments selectively acknowledged", out_leg.sacked);
    says(out, "timeouts in a row", out_leg.retransmits);
    says_bytes(out, "piece sent again and again", piece);
    says_bytes(out, "MSS", f.server_leg.snd_mss);
    says_bytes(out, "path MTU the kernel believes in", f.server_leg.pmtu);
    out.others = suspects(f, piece.value_or(f.server_leg.snd_mss.value_or(1448)));
    drop_tested(out, f);
    says_trials(out, f);
    const bool too_long = !out.others.empty() && out.others.front() == "mtu-black-hole-to-server";
    out.missing.push_back(
        too_long ? "whether the same hello arrives in smaller segments"
                 : "whether a hello with another name, or from another client, arrives");
    if (too_long) {
        add_clamp(out, f, piece);
        add_smaller_hello(out, f);
        add_network_mtu(out, f);
    } else {
        out.remedies.push_back(
            {"helloscope", "Cut the hello inside the name: many filters do not join segments",
             "helloscope run --shape split:midsni"});
        out.remedies.push_back(
            {"network", fmt::format("Ask whether a firewall filters {}", host_of(f)), ""});
    }
    return out;
}

} // namespace helloscope::diagnose::rules
