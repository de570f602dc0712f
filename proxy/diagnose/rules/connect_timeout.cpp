#include "../parents.hpp"
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
    says_failed(out, silent);
    out.others = {"host-down", "firewall-drops-syn", "answer-lost"};
    out.missing.push_back("whether the SYN arrives there: only the far side can tell");
    if (const auto way = way_out({}, f.parent_source); !way.empty()) says(out, "way out", way);
    out.remedies.push_back(
        {"helloscope",
         "Where the network wants its own proxy, a direct connection never gets out: name it to "
         "helloscope run",
         "--via http://PROXY:PORT"});
    out.remedies.push_back({"network", "Allow the destination in the firewall", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
