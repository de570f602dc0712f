#include "shape_rows.hpp"

#include "helloscope/diagnose/units.hpp"
#include "items.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::diagnose {
namespace {

using sizes = std::vector<std::uint32_t>;

// "3 writes: 1, 4, 512", "517 writes of 1 to 4".
std::string words_of(const sizes& all, std::string_view noun) {
    constexpr std::size_t few = 6;
    if (all.empty()) return "";
    auto text = text_of_count(all.size(), noun);
    if (all.size() > few) {
        const auto [least, most] = std::ranges::minmax(all);
        return fmt::format("{} of {} to {}", text, text_of_number(least), text_of_number(most));
    }
    for (std::size_t i = 0; i < all.size(); ++i)
        text += fmt::format("{} {}", i == 0 ? ":" : ",", text_of_number(all[i]));
    return text;
}

std::string words_of(const model::segmented& what) {
    auto text = fmt::format("left as {}", text_of_count(what.segments, "segment"));
    if (what.segments > what.writes) text += ": a write was longer than the MSS";
    if (what.segments < what.writes)
        text += what.acknowledged ? ": the kernel joined some" : ", as far as was seen";
    if (!what.acknowledged) text += ", not all acknowledged";
    if (what.retransmitted > 0)
        text += fmt::format(", {} sent again", text_of_number(what.retransmitted));
    return text;
}

void add_shaped(page& to, const model::timeline& flow, const model::shaped& what) {
    items line;
    line.add(what.shape);
    line.add(words_of(what.records, "record")).add(words_of(what.writes, "write"));
    for (const auto* left : model::told_beside<model::segmented>(flow)) line.add(words_of(*left));
    if (what.held >= std::chrono::milliseconds(1)) line.add("held for " + text_of(what.held));
    if (what.took >= std::chrono::milliseconds(1)) line.add("sent over " + text_of(what.took));
    add_row(to, "shape", line);
    if (!what.note.empty()) to.row("", what.note);
}

void add_clamped(page& to, const model::clamped& what) {
    items line;
    line.add(fmt::format("{} leg {}", to_string(what.of), what.asked));
    if (what.advertised) line.add("advertised " + text_of_number(*what.advertised));
    if (what.snd_mss) line.add("segments of up to " + text_of_bytes(*what.snd_mss));
    add_row(to, "clamp", line);
}

} // namespace

void add_shape_rows(page& to, const model::timeline& flow) {
    for (const auto* what : model::told_beside<model::clamped>(flow)) add_clamped(to, *what);
    for (const auto* what : model::told_beside<model::shaped>(flow)) add_shaped(to, flow, *what);
}

} // namespace helloscope::diagnose
