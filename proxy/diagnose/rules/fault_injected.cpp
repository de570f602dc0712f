#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

using model::faulted;

// "stall" of "stall:3s@1460".
std::string_view kind_of(std::string_view fault) {
    return fault.substr(0, fault.find_first_of(":@"));
}

// It lets everything pass in the end: harmless, unless somebody gives up meanwhile.
bool only_delays(const faulted& one) {
    const auto kind = kind_of(one.fault);
    for (const auto* const known : {"latency", "jitter", "throttle", "slice", "slow-close"})
        if (kind == known) return true;
    return (kind == "stall" || kind == "connect-stall") &&
           one.fault.starts_with(std::string(kind) + ":");
}

// The handshake did not come to its end, or the client was not served.
bool failed(const facts& f) {
    if (f.answer && f.answer->status >= 400) return true;
    return !f.established && f.stuck() && (f.client_hello || f.client_left() || f.server_left());
}

std::string words_for(const faulted& one) {
    return one.dir ? fmt::format("{} {}", to_string(*one.dir), one.fault) : one.fault;
}

} // namespace

// What we broke ourselves explains the flow, whatever else it looks like.
std::optional<finding> fault_injected(const facts& f) {
    const faulted* cause = nullptr;
    for (const auto& one : f.faults)
        if (!only_delays(one) || failed(f)) {
            cause = &one;
            break;
        }
    if (cause == nullptr) return std::nullopt;
    const auto named = cause->name.empty() ? "" : fmt::format(" ({})", cause->name);
    auto out = found(
        "fault-injected", certainty::confirmed,
        fmt::format(
            "helloscope broke this flow on purpose: fault {}{}.", words_for(*cause), named));
    for (const auto& one : f.faults) {
        const auto at = one.dir ? fmt::format(", from byte {}", text_of_number(one.offset)) : "";
        says(out, one.name.empty() ? words_for(one) : one.name, one.did + at);
    }
    return out;
}

} // namespace helloscope::diagnose::rules
