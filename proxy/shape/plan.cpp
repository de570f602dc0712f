#include "helloscope/shape/plan.hpp"

#include "steps.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace helloscope::shape {

namespace {

std::vector<std::uint32_t> parts_of(std::size_t size, const std::vector<std::size_t>& cuts) {
    std::vector<std::uint32_t> parts;
    std::size_t from = 0;
    for (const auto cut : cuts) {
        parts.push_back(static_cast<std::uint32_t>(cut - from));
        from = cut;
    }
    if (size > from) parts.push_back(static_cast<std::uint32_t>(size - from));
    return parts;
}

} // namespace

plan make_plan(const shape& how, bytes_view flight, const first_flight& what) {
    draft work;
    work.content = to_bytes(flight.first(std::min(flight.size(), what.size)));
    work.what = what;
    for (const auto& one : how.steps) std::visit([&](const auto& it) { apply(it, work); }, one);
    if (how.hello_mss) apply(dribble{*how.hello_mss}, work);

    plan made;
    made.writes = parts_of(work.content.size(), work.cuts);
    if (work.new_records)
        for (const auto& record : work.what.records) made.records.push_back(record.length);
    made.content = std::move(work.content);
    made.between = work.between;
    made.note = fmt::format("{}", fmt::join(work.notes, "; "));
    return made;
}

} // namespace helloscope::shape
