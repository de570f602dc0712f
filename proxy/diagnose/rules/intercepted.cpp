#include "../chain.hpp"
#include "../remedies.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

constexpr std::uint8_t rejections[] = {42, 46, 48};

bool client_rejected(const facts& f) {
    if (f.client_alert)
        for (const auto alert : rejections)
            if (f.client_alert->description == alert) return true;
    return alert_instead_of_finished(f);
}

} // namespace

// What was presented is signed by a product that inspects TLS.
std::optional<finding> intercepted(const facts& f) {
    if (!f.chain || !client_rejected(f)) return std::nullopt;
    const auto product = inspector_of(*f.chain);
    const bool by_parent = parent_changed_it(f);
    if (product.empty() && !by_parent) return std::nullopt;
    auto out = found(
        "intercepted", certainty::confirmed,
        fmt::format(
            "TLS to {} is opened {}: its certificate is signed by {}, which the client does not "
            "trust.",
            server_of(f), by_parent ? "behind " + f.parents.front() : "on the way",
            product.empty() ? f.chain->issuer : product));
    says_chain(out, f);
    add_trust(out, f);
    out.remedies.push_back(
        {"network", fmt::format("Or ask for an exception from inspection for {}", host_of(f)), ""});
    return out;
}

} // namespace helloscope::diagnose::rules
