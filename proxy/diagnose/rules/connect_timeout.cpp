#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

using attempts = std::vector<const model::attempt*>;

// Still without an answer, or until the client left; one that stands ends it. The SYN has been sent
// again after a second (RFC 6298 section 2.1), and an answer to the second one would be here.
attempts pending(const facts& f) {
    constexpr std::chrono::milliseconds second_syn_unanswered(1600);
    attempts open;
    if (f.connecting.value_or(duration{}) < second_syn_unanswered || !f.parents.empty())
        return open;
    for (const auto& tried : f.attempts)
        if (!tried.stands && tried.error.empty()) open.push_back(&tried);
    return open;
}

void says_pending(finding& to, const facts& f, const attempts& open) {
    for (const auto* tried : open)
        says(to, to_string(tried->address), "no answer in " + text_of(*f.connecting));
}

} // namespace

std::optional<finding> connect_timeout(const facts& f) {
    auto silent = failed_with(f, {"timeout", "ETIMEDOUT"});
    const bool waits = silent.empty();
    if (waits) silent = pending(f);
    if (silent.empty()) return std::nullopt;
    const auto waited = waits ? *f.connecting : silent.front()->took;
    auto out = found(
        "connect-timeout", waits && !f.over() ? certainty::suspected : certainty::likely,
        waits && !f.over() ? fmt::format(
                                 "{} has not answered the connection attempt for {}.",
                                 addresses_of(silent), text_of(waited))
                           : fmt::format(
                                 "{} did not answer the connection attempt within {}.",
                                 addresses_of(silent), text_of(waited)));
    waits ? says_pending(out, f, silent) : says_failed(out, silent);
    out.others = {"host-down", "firewall-drops-syn", "accept-queue-full"};
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
