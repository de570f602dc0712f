#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> host_unreachable(const facts& f) {
    const auto failed = failed_with(
        f, {"EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "EACCES", "EPERM"});
    if (failed.empty()) return std::nullopt;
    const auto& reporter = failed.front()->reported_by;
    auto out = found(
        "host-unreachable",
        failed.size() == f.attempts.size() ? certainty::confirmed : certainty::suspected,
        fmt::format(
            "There is no way to {}: {} says {}.", addresses_of(failed),
            reporter.empty() ? "this machine or its network" : reporter, failed.front()->error));
    says_failed(out, failed);
    out.remedies.push_back(
        {"host", "Look at the route",
         "ip route get " + to_string(failed.front()->address.address)});
    return out;
}

} // namespace helloscope::diagnose::rules
