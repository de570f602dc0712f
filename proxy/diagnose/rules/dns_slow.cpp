#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// A look-up that lasts, or whose length is why the client left.
std::optional<finding> dns_slow(const facts& f) {
    constexpr duration long_time = std::chrono::milliseconds(1750);
    if (!f.resolve_error.empty() || f.established) return std::nullopt;
    const bool lasts = f.resolving && *f.resolving >= long_time;
    const bool took_all = f.client_left() && f.resolve_took.value_or(duration{}) >= long_time &&
                          2 * *f.resolve_took >= f.lasted;
    if (!lasts && !took_all) return std::nullopt;
    const auto name = f.parents.empty() ? host_of(f) : address_of(f.parents.front()).host;
    auto out = found(
        "dns-slow", f.over() ? certainty::likely : certainty::suspected,
        lasts ? fmt::format(
                    "The name {} {} resolved {}.", name, f.over() ? "was not" : "has not been",
                    (f.over() ? "within " : "for ") + text_of(*f.resolving))
              : fmt::format(
                    "It took {} to resolve the name {}, and the client left after {}.",
                    text_of(*f.resolve_took), name, text_of(f.lasted)));
    says(out, "name", name);
    out.remedies.push_back(
        {"host", "How long does the resolver of this machine take?",
         "time getent ahosts " + word(name)});
    out.remedies.push_back(
        {"host", "Which name servers are asked? The first may be one that does not answer",
         "cat /etc/resolv.conf"});
    out.remedies.push_back(
        {"helloscope", "If you know the address, give it to helloscope run",
         fmt::format("helloscope run --resolve {}:{}:ADDRESS", word(name), f.port)});
    return out;
}

} // namespace helloscope::diagnose::rules
