#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

// It says that it could not get there, and not that it does not want to: HTTP's 502, 503 and 504,
// SOCKS's network and host unreachable, connection refused, TTL expired (RFC 1928 section 6).
bool could_not(std::uint16_t status) {
    return (status >= 502 && status <= 504) || (status >= 3 && status <= 6);
}

} // namespace

std::optional<finding> parent_refused(const facts& f) {
    if (!parent_said(f, {"refused"}) || f.parent_answer->status == 401) return std::nullopt;
    const auto& answer = *f.parent_answer;
    const auto to = beyond_parent(f);
    const bool tried = could_not(answer.status);
    auto out = found_at_parent(
        f, "parent-refused", certainty::confirmed,
        fmt::format(
            "The parent proxy {} {} {}{}: {}.", answer.parent,
            tried ? "could not reach" : "refused to connect to", to, tried ? " itself" : "",
            words_of(answer)));
    says(out, "its answer", fmt::format("{} after {}", words_of(answer), text_of(answer.took)));
    if (tried)
        out.missing.push_back("why it could not: its own log tells");
    else
        out.remedies.push_back(
            {"network", fmt::format("Ask who runs the proxy to allow {}", to), ""});
    add_curl(out, f, "See the same without helloscope");
    add_ways_around(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
