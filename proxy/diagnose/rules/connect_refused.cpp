#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> connect_refused(const facts& f) {
    const auto refused = failed_with(f, {"ECONNREFUSED"});
    if (refused.empty()) return std::nullopt;
    auto out = found(
        "connect-refused",
        refused.size() == f.attempts.size() ? certainty::confirmed : certainty::likely,
        fmt::format(
            "{} refused the connection: nothing listens on port {} there, or a firewall answers "
            "so.",
            addresses_of(refused), refused.front()->address.port));
    says_failed(out, refused);
    out.remedies.push_back(
        {"server",
         fmt::format("Is the service running, and is {} its port?", refused.front()->address.port),
         ""});
    return out;
}

} // namespace helloscope::diagnose::rules
