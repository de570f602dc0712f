#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Other addresses of the same name answer: what is known of the path to this one says what is the
// matter, and that it is not the name's.
std::optional<finding> address_broken(const facts& f) {
    const auto* address = f.seen("address");
    const auto* name = f.seen("name");
    if (!handshake_unfinished(f) || f.from_server > 0 || !f.stuck() ||
        (!f.server_left() && silence_of(f) < patience_of(f)) || !address || !name ||
        address->succeeded > 0 || address->failed == 0 || name->succeeded == 0 ||
        name->largest_hello_answered.value_or(0) < f.hello_bytes)
        return std::nullopt;
    auto out = found(
        "address-broken", address->failed > 1 ? certainty::likely : certainty::suspected,
        fmt::format(
            "{} does not work at {}, and does at another of its addresses.", host_of(f),
            to_string(f.server->address)));
    says(out, "failed here", text_of_count(address->failed + 1, "time"));
    says(out, "answered elsewhere", text_of_count(name->succeeded, "time"));
    out.remedies.push_back(
        {"helloscope", "Go to another of its addresses",
         fmt::format("helloscope run --resolve {}:{}:ADDRESS", word(host_of(f)), f.port)});
    out.remedies.push_back({"server", "Take the broken node out of the name", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
