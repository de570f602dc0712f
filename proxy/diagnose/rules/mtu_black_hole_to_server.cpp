#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

#include <algorithm>

namespace helloscope::diagnose::rules {
namespace {

constexpr std::uint32_t fits_every_path = 536; // bytes of data (RFC 9293 section 3.7.1)

// A hello that was answered at this address or by this name, and fitted into one segment of it.
std::optional<std::uint32_t> shorter_one_answered(const facts& f, std::uint32_t piece) {
    for (const auto scope : {"address", "name"})
        if (const auto* before = f.seen(scope))
            if (before->largest_hello_answered && *before->largest_hello_answered < piece)
                return before->largest_hello_answered;
    return std::nullopt;
}

// Timeouts in a row that are no chance any more.
std::uint32_t enough(const facts& f, bool compared) {
    if (is_healed(f)) return 0;
    return f.over() ? 1 : compared ? 2 : 3;
}

void add_evidence(finding& to, const facts& f, const model::leg_facts& leg, std::uint32_t piece) {
    says_bytes(to, "ClientHello", f.hello_bytes);
    says_bytes(to, "acknowledged", leg.out.acked);
    says_bytes(to, "piece sent again and again", piece);
    says(to, "timeouts in a row", leg.out.retransmits);
    says(to, "segments selectively acknowledged", leg.out.sacked);
    says_bytes(to, "MSS", leg.snd_mss);
    says_bytes(to, "path MTU the kernel believes in", leg.pmtu);
    if (f.settings) says(to, "tcp_mtu_probing", f.settings->tcp_mtu_probing);
    says_trials(to, f);
}

} // namespace

// A long segment never arrives though shorter ones do. Nothing is called too long before a shorter
// one on the same path got through: a later piece, an attempt with a clamp, or an earlier hello.
std::optional<finding> mtu_black_hole_to_server(const facts& f) {
    const auto leg = first_try(f);
    const bool healed = is_healed(f);
    if (!healed && (!unanswered(f) || !f.stuck() || f.server_left())) return std::nullopt;
    const auto piece = stuck_piece(f, leg);
    if (leg.out.all_acked != false || !piece || *piece <= fits_every_path) return std::nullopt;
    const auto acked = leg.out.acked.value_or(0);
    if (acked >= leg.snd_mss.value_or(~0u) && *leg.snd_mss > *piece) return std::nullopt; // a tail
    // Where one as long passes in long segments, too, it was not their length.
    const auto cure = answered(f, change::nothing) ? std::nullopt
                                                   : answered(f, change::smaller_segments);
    const bool passed = later_piece_arrived(leg);
    const auto shorter = shorter_one_answered(f, *piece);
    if (!cure && !passed && !shorter) return std::nullopt;
    const auto timeouts = leg.out.retransmits.value_or(0);
    if (timeouts < enough(f, passed)) return std::nullopt;

    const auto how_sure = cure                      ? certainty::confirmed
                          : passed && timeouts >= 3 ? certainty::likely
                                                    : certainty::suspected;
    auto out = found(
        "mtu-black-hole-to-server", how_sure,
        fmt::format(
            "The ClientHello of {} does not get through to {}: its segment of {} is lost every "
            "time, {}.",
            text_of_bytes(f.hello_bytes), peer_of(f), text_of_bytes(*piece),
            cure     ? fmt::format("and one as long passed with {}", cure->how)
            : passed ? "though a shorter one behind it arrived"
                     : fmt::format("though a hello of {} was answered", text_of_bytes(*shorter))));
    add_evidence(out, f, leg, *piece);
    if (!cure && name_is_within(f, acked, *piece)) out.others.push_back("name-filtered");
    if (!cure) out.others.insert(out.others.end(), {"hello-content-refused", "fragments-dropped"});
    if (!cure) out.missing.push_back("whether the same hello arrives in smaller segments");
    add_clamp(out, f, piece);
    add_smaller_hello(out, f);
    add_host_mtu(out, f, piece, true);
    add_network_mtu(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
