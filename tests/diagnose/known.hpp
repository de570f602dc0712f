// Facts that tests of rules begin with and change one of.
#pragma once

#include "support/flows.hpp"

#include "helloscope/model/facts.hpp"

namespace helloscope::test {

// A request came and was not answered yet.
inline model::facts asked_facts() { return model::make_facts(asked().told()); }

// A hello of 1493 bytes left two seconds ago, all is acknowledged, nothing came.
inline model::facts silent_facts() { return model::make_facts(silent(false).told()); }

// The same with a hello of 271 bytes.
inline model::facts small_facts() {
    auto on = greeted(small_hello());
    on.then(std::chrono::seconds(2), model::path{model::leg::server, sample(271, 271)});
    on.then({}, model::stalled{model::stage::server_flight, std::chrono::seconds(2)});
    return model::make_facts(on.told());
}

inline model::facts healthy_facts() { return model::make_facts(healthy().told()); }

// The parent said this to our asking.
inline model::facts answered_by_parent(
    std::uint16_t status, std::string reason, std::string error, std::string parent = proxy) {
    auto on = routed({parent});
    reach_parent(on);
    model::parent_answered said{
        std::move(parent), status, std::move(reason), std::chrono::milliseconds(3),
        std::move(error)};
    return model::make_facts(refuse(on, std::move(said)).told());
}

// Nothing but the way out is known, and these attempts at the parent.
inline model::facts trying_parent(std::vector<model::attempt> attempts) {
    auto f = model::make_facts(routed().told());
    f.attempts = std::move(attempts);
    return f;
}

// `how` one leg's peer ended the flow.
inline model::facts ended(model::facts f, model::leg leg, std::string how) {
    f.first_end = model::closed{leg, "peer", how, ""};
    (leg == model::leg::client ? f.client_end : f.server_end) = f.first_end;
    return f;
}

inline bool has(const std::vector<std::string>& list, std::string_view id) {
    for (const auto& one : list)
        if (one == id) return true;
    return false;
}

inline bool has(const std::vector<model::remedy>& list, std::string_view command) {
    for (const auto& one : list)
        if (one.command == command) return true;
    return false;
}

inline std::string value_of(const model::verdict& verdict, std::string_view name) {
    for (const auto& fact : verdict.facts)
        if (fact.name == name) return fact.value;
    return "(none)";
}

} // namespace helloscope::test
