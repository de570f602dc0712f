#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> reset_after_hello(const facts& f) {
    if (!handshake_unfinished(f) || !f.server_left() || f.first_end->how != "rst")
        return std::nullopt;
    const auto& out_leg = f.server_leg.out;
    const bool taken = f.from_server > 0 || out_leg.all_acked.value_or(false);
    const bool untouched = !taken && out_leg.acked == 0u;
    const bool direct = f.parents.empty();
    const std::string_view end = direct ? "server" : "parent proxy";
    const auto to = direct ? server_of(f) : fmt::format("{} through {}", server_of(f), peer_of(f));
    auto out = found(
        "reset-after-hello", certainty::likely,
        fmt::format(
            "The connection to {} was reset {} after the ClientHello{}.", to,
            text_of(f.waited.value_or(duration{})),
            taken       ? fmt::format(", which the {}'s kernel had taken", end)
            : untouched ? fmt::format(
                              ", by something in front of the {}: not a byte of the hello was "
                              "acknowledged",
                              end)
                        : ""));
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_bytes(out, "acknowledged", out_leg.acked);
    if (f.from_server > 0) says_bytes(out, "received", f.from_server);
    if (untouched) {
        out.others = {"name-filtered", "hello-content-refused"};
    } else {
        out.others = {"hello-content-refused", "name-filtered"};
        if (segments_of(f, f.hello_bytes).value_or(2) > 1)
            out.others.insert(out.others.end(), {"hello-size-intolerant", "split-intolerant"});
    }
    drop_tested(out, f);
    says_trials(out, f);
    out.missing.push_back(
        refused(f, change::nothing)
            ? "whether another name passes on the same path"
            : "whether another name, or a smaller hello, passes on the same path");
    add_smaller_hello(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
