#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> connect_timeout(const facts& f) {
    const auto silent = failed_with(f, {"timeout", "ETIMEDOUT"});
    if (silent.empty()) return std::nullopt;
    auto out = found(
        "connect-timeout", certainty::likely,
        fmt::format(
            "{} did not answer the connection attempt within {}.", addresses_of(silent),
            text_of(silent.front()->took)));
    for (const auto* tried : silent) {
        auto value = "no answer in " + text_of(tried->took);
        if (tried->syn_retransmits)
            value += fmt::format(
                ", SYN sent again {}", text_of_count(*tried->syn_retransmits, "time"));
        says(out, to_string(tried->address), std::move(value));
    }
    out.others = {"host-down", "firewall-drops-syn", "answer-lost"};
    out.missing.push_back("whether the SYN arrives there: only the far side can tell");
    out.remedies.push_back(
        {"network",
         "Allow the destination in the firewall; where the network wants its own proxy, a direct "
         "connection never gets out",
         ""});
    return out;
}

} // namespace helloscope::diagnose::rules
