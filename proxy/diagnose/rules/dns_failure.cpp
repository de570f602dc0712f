#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> dns_failure(const facts& f) {
    if (f.resolve_error.empty() || !f.attempts.empty()) return std::nullopt;
    // These two are answers (getaddrinfo's EAI_NONAME and EAI_NODATA); all else is the lack of one.
    const bool answer = f.resolve_error.starts_with("Name or service not known") ||
                        f.resolve_error.starts_with("No address associated");
    auto out = found(
        "dns-failure", answer ? certainty::confirmed : certainty::likely,
        fmt::format("The name {} could not be resolved: {}.", f.host, f.resolve_error));
    says(out, "name", f.host);
    says(out, "resolver", f.resolve_error);
    out.remedies.push_back({"host", "Ask the resolver of this machine", "getent ahosts " + f.host});
    out.remedies.push_back(
        {"helloscope", "If you know the address, give it to helloscope run",
         fmt::format("--resolve {}:{}:ADDRESS", f.host, f.port)});
    return out;
}

} // namespace helloscope::diagnose::rules
