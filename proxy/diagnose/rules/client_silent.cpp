#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> client_silent(const facts& f) {
    const bool timed_out = f.first_end && f.first_end->of == model::leg::client &&
                           f.first_end->by == "helloscope" && f.first_end->how == "timeout";
    if (!f.front.empty() || !timed_out || f.client_leg.in.bytes.value_or(0) > 0)
        return std::nullopt;
    auto out = found(
        "client-silent", certainty::likely,
        fmt::format("The client connected and sent nothing for {}.", text_of(f.lasted)));
    says(out, "client", to_string(f.client));
    says_bytes(out, "received from it", f.client_leg.in.bytes);
    if (f.client_leg.in.out_of_order.value_or(0) > 0) {
        says(out, "segments behind a gap", f.client_leg.in.out_of_order);
        out.others.push_back("mtu-black-hole-from-client");
    }
    out.remedies.push_back(
        {"client", "A port check does this; a client that is stuck or starved does, too", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
