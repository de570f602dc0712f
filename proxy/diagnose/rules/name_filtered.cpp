#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

namespace {

// The same hello passes as soon as no segment holds the whole name.
std::optional<finding> cut_in_the_name(const facts& f) {
    const auto cut = answered(f, change::pieces);
    if (!hello_failed(f) || f.server_alert || !cut || cut->how != "split:midsni" ||
        !refused(f, change::nothing))
        return std::nullopt;
    auto out = found(
        "name-filtered", certainty::likely,
        fmt::format(
            "Something on the way to {} filters the name {}: a hello passes as soon as no segment "
            "holds the whole name.",
            peer_of(f), host_of(f)));
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_trials(out, f);
    out.others = {"hello-content-refused"};
    out.missing.push_back("whether another name passes in one piece");
    out.remedies.push_back(
        {"network", fmt::format("Ask whether a firewall filters {}", host_of(f)), ""});
    out.remedies.push_back(
        {"helloscope", "Cut the hello inside the name", "helloscope run --shape split:midsni"});
    return out;
}

} // namespace

// This name fails where others at the same address are answered, with hellos of the same size.
std::optional<finding> name_filtered(const facts& f) {
    if (auto cut = cut_in_the_name(f)) return cut;
    const auto* address = f.seen("address");
    const auto* name = f.seen("name");
    const bool failed = handshake_unfinished(f) && f.from_server == 0 && f.stuck() &&
                        (f.server_left() || silence_of(f) >= patience_of(f));
    if (!failed || !address || address->succeeded == 0 || (name && name->succeeded > 0) ||
        address->largest_hello_answered.value_or(0) < f.hello_bytes || f.host.empty())
        return std::nullopt;
    auto out = found(
        "name-filtered", name && name->failed > 0 ? certainty::likely : certainty::suspected,
        fmt::format(
            "{} fails at {}, which answered other names with hellos as large: this name is "
            "filtered, or unknown there.",
            f.host, to_string(f.server->address)));
    says(out, "answered there for other names", text_of_count(address->succeeded, "time"));
    if (name) says(out, "failed before", text_of_count(name->failed, "time"));
    says_bytes(out, "largest hello that was answered", *address->largest_hello_answered);
    out.others = {"hello-content-refused"};
    out.remedies.push_back(
        {"network", fmt::format("Ask whether a firewall filters {}", f.host), ""});
    out.remedies.push_back(
        {"helloscope", "Cut the hello inside the name: many filters do not join segments",
         "helloscope run --shape split:midsni"});
    return out;
}

} // namespace helloscope::diagnose::rules
