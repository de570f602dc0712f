#include "data_stall.hpp"

namespace helloscope::diagnose {
namespace {

constexpr std::uint32_t no_chance = 3; // timeouts in a row

std::optional<data_stall> stall_on(model::leg which, const model::leg_facts& leg) {
    if (leg.in.gap.value_or(false)) return data_stall{which, true, {}, true};
    if (leg.out.unacked.value_or(0) == 0 || leg.out.retransmits.value_or(0) < no_chance)
        return std::nullopt;
    return data_stall{which, false, leg.out.smallest_lost, leg.out.sacked.value_or(0) > 0};
}

} // namespace

std::optional<data_stall> data_stall_of(const facts& f) {
    if (!f.established || !f.stalled_for || *f.stalled_for < patience_of(f)) return std::nullopt;
    if (auto found = stall_on(model::leg::server, f.server_leg)) return found;
    return stall_on(model::leg::client, f.client_leg);
}

std::string far_end_of(const facts& f, model::leg where) {
    return where == model::leg::server ? peer_of(f) : "the client " + to_string(f.client);
}

} // namespace helloscope::diagnose
