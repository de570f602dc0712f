#include "fault_rows.hpp"

#include "helloscope/diagnose/units.hpp"
#include "items.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::diagnose {
namespace {

std::string text_of(const model::faulted& one) {
    const auto way = one.dir ? std::string(to_string(*one.dir)) + " " : "";
    const auto named = one.name.empty() ? "" : fmt::format(" ({})", one.name);
    const auto at = one.dir ? fmt::format(", from byte {}", text_of_number(one.offset)) : "";
    return fmt::format("{}{}{}: {}{}", way, one.fault, named, one.did, at);
}

// Without the direction that may stand in front of it, and what may follow.
bool is_of(const model::faulted& acted, const std::string& asked) {
    return asked.find(acted.fault) != std::string::npos;
}

} // namespace

void add_fault_rows(page& to, const model::timeline& flow) {
    const auto acted = model::told_beside<model::faulted>(flow);
    std::string_view label = "faults";
    for (const auto* one : acted) {
        to.row(label, text_of(*one));
        label = "";
    }
    if (!flow.route) return;
    for (const auto& asked : flow.route->faults) {
        if (std::ranges::any_of(acted, [&](const auto* one) { return is_of(*one, asked); }))
            continue;
        to.row(label, asked + ": did not act");
        label = "";
    }
}

} // namespace helloscope::diagnose
