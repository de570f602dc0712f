#include "rules.hpp"

namespace helloscope::diagnose::rules {

namespace {

// What could have swallowed it, the likeliest first. A segment of 536 bytes fits every path, and a
// shorter rest behind a full segment that arrived is not too long either.
std::vector<std::string> suspects(const facts& f) {
    const auto& out = f.server_leg.out;
    const auto mss = f.server_leg.snd_mss.value_or(0);
    const auto stuck = out.smallest_lost.value_or(mss);
    const auto acked = out.acked.value_or(0);
    if (stuck <= 536 || (acked >= mss && mss > stuck))
        return {"tail-dropped-to-server", "hello-filtered", "name-filtered", "path-dead"};
    const bool later_arrived = out.sacked.value_or(0) > 0 ||
                               (acked == 0 && f.server_leg.in.packets.value_or(0) > 1);
    if (later_arrived) return {"mtu-black-hole-to-server", "name-filtered", "hello-filtered"};
    return {"mtu-black-hole-to-server", "name-filtered", "hello-filtered", "path-dead"};
}

} // namespace

std::optional<finding> hello_dropped(const facts& f) {
    const auto& out_leg = f.server_leg.out;
    const std::uint32_t enough = f.over() ? 1 : 3; // timeouts: fewer are chance while it lasts
    if (!unanswered(f) || !f.stuck() || f.server_left() || out_leg.all_acked != false ||
        out_leg.retransmits.value_or(0) < enough)
        return std::nullopt;
    const auto missing = out_leg.sent.value_or(f.hello_bytes) - out_leg.acked.value_or(0);
    auto out = found(
        "hello-dropped", out_leg.retransmits >= 3u ? certainty::likely : certainty::suspected,
        fmt::format(
            "The ClientHello does not get through to {}: {} of its {} bytes were never "
            "acknowledged, though sent again {}.",
            peer_of(f), text_of_number(missing), text_of_number(f.hello_bytes),
            text_of_count(*out_leg.retransmits, "time")));
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_bytes(out, "acknowledged", out_leg.acked);
    says(out, "segments selectively acknowledged", out_leg.sacked);
    says(out, "timeouts in a row", out_leg.retransmits);
    says_bytes(out, "piece sent again and again", out_leg.smallest_lost);
    says_bytes(out, "MSS", f.server_leg.snd_mss);
    says_bytes(out, "path MTU the kernel believes in", f.server_leg.pmtu);
    out.others = suspects(f);
    out.missing.push_back("whether the same hello arrives in smaller segments");
    if (out.others.front() == "mtu-black-hole-to-server") {
        add_smaller_hello(out, f);
        out.remedies.push_back(
            {"host", "Let the kernel try smaller segments by itself; it does after about 3 s",
             "sudo sysctl -w net.ipv4.tcp_mtu_probing=1"});
        out.remedies.push_back(
            {"network",
             "Let ICMP \"fragmentation needed\" pass, or clamp the MSS where the path "
             "narrows (VPN, tunnel, container bridge)",
             ""});
    }
    return out;
}

} // namespace helloscope::diagnose::rules
