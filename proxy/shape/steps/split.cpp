#include "../steps.hpp"

#include <algorithm>
#include <iterator>

namespace helloscope::shape {

result<step> read_split(std::string_view argument) {
    auto at = parse_positions(argument);
    if (!at) return std::unexpected(std::move(at.error()));
    return split{std::move(*at)};
}

std::string text_of(const split& one) { return "split:" + to_string(one.at); }

void apply(const split& one, draft& to) {
    const auto more = places_of(one.at, measured::in_content, to, "split");
    std::vector<std::size_t> all;
    std::ranges::set_union(to.cuts, more, std::back_inserter(all));
    to.cuts = std::move(all);
}

} // namespace helloscope::shape
