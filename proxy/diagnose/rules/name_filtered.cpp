#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// This name fails where others at the same address are answered, with hellos of the same size.
std::optional<finding> name_filtered(const facts& f) {
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
