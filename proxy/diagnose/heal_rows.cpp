#include "heal_rows.hpp"

#include "helloscope/diagnose/units.hpp"
#include "items.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::diagnose {
namespace {

using model::heal_attempt_ended;
using model::timeline;

std::string shape_of(std::string_view shape) {
    return shape.empty() ? "as it came" : std::string(shape);
}

// What the kernel said of it in the end.
void add_evidence(items& line, const heal_attempt_ended& end) {
    if (end.sent == 0) return;
    if (end.acked && *end.acked < end.sent)
        line.add(fmt::format(
            "{} of {} acknowledged", text_of_number(*end.acked), text_of_bytes(end.sent)));
    if (end.retransmits.value_or(0) > 0)
        line.add(text_of_count(*end.retransmits, "retransmission"));
    if (end.out_of_order.value_or(0) > 0)
        line.add(fmt::format("{} out of order", text_of_number(*end.out_of_order)));
    if (end.received > 0) line.add(text_of_bytes(end.received) + " of an answer");
}

void add_attempts(page& to, const timeline& flow) {
    const auto ends = model::told_beside<heal_attempt_ended>(flow);
    std::string_view label = "healing";
    for (const auto* one : model::told_beside<model::heal_attempt>(flow)) {
        items line;
        line.add(fmt::format("{} {}", one->number, shape_of(one->shape)));
        if (one->address) line.add(to_string(*one->address));
        if (!one->why.empty()) line.add("because: " + one->why);
        const auto end = std::ranges::find(ends, one->number, &heal_attempt_ended::number);
        if (end != ends.end()) {
            line.add(fmt::format("{} after {}", (*end)->how, text_of((*end)->took)));
            add_evidence(line, **end);
        }
        add_row(to, label, line);
        label = "";
    }
}

void add_outcome(page& to, const timeline& flow) {
    const auto all = model::told_beside<model::healed>(flow);
    if (all.empty()) return;
    const auto& came = *all.back();
    items line;
    if (came.attempt == 0) {
        line.add(fmt::format("no attempt was answered in {}", text_of(came.took)));
    } else if (came.attempt == 1) {
        line.add(fmt::format("not needed: the first was answered after {}", text_of(came.took)));
    } else {
        line.add(fmt::format("by {} after {}", came.shape, text_of(came.took)));
        if (came.remembered) line.add("remembered");
        line.add(fmt::format("always so: --shape '{}'", came.shape));
    }
    add_row(to, "healed", line);
}

} // namespace

void add_heal_rows(page& to, const timeline& flow) {
    add_attempts(to, flow);
    add_outcome(to, flow);
}

} // namespace helloscope::diagnose
