#include "rules.hpp"

namespace helloscope::diagnose::rules {

// The connection stands after all, and took so long that the client left.
std::optional<finding> connect_slow(const facts& f) {
    constexpr duration long_time = std::chrono::seconds(1);
    if (!f.connected() || !f.parents.empty() || f.established || !f.client_left() ||
        f.connect_took.value_or(duration{}) < long_time || 2 * *f.connect_took < f.lasted)
        return std::nullopt;
    std::uint32_t syns = 0;
    for (const auto& tried : f.attempts)
        if (tried.stands) syns = tried.syn_retransmits.value_or(0);
    auto out = found(
        "connect-slow", certainty::likely,
        fmt::format(
            "It took {} to connect to {}, and the client left after {}.", text_of(*f.connect_took),
            to_string(*f.server), text_of(f.lasted)));
    says(out, "SYN sent again", text_of_count(syns, "time"));
    if (f.server_leg.min_rtt) says(out, "round trip", text_of(*f.server_leg.min_rtt));
    says(out, "addresses tried", text_of_number(f.attempts.size()));
    if (syns > 0) out.others = {"path-lossy", "accept-queue-full"};
    out.remedies.push_back(
        {"network", "SYNs or their answers get lost: look for loss on the way", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
