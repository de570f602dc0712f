#include "../number.hpp"
#include "../steps.hpp"

#include <fmt/format.h>

namespace helloscope::shape {

result<step> read_dribble(std::string_view argument) {
    const auto size = parse_number(argument);
    if (!size || *size < 1 || *size > furthest_offset)
        return std::unexpected(failure{
            fmt::format("expected the bytes of a piece, 1 to {}: dribble:100", furthest_offset)});
    return dribble{*size};
}

std::string text_of(const dribble& one) { return fmt::format("dribble:{}", one.size); }

void apply(const dribble& one, draft& to) {
    std::vector<std::size_t> all;
    std::size_t from = 0;
    auto ends = to.cuts;
    ends.push_back(to.content.size());
    for (const auto end : ends) {
        for (auto at = from + one.size; at < end; at += one.size) all.push_back(at);
        if (end < to.content.size()) all.push_back(end);
        from = end;
    }
    to.cuts = std::move(all);
}

} // namespace helloscope::shape
