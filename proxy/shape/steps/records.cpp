#include "../steps.hpp"

#include <algorithm>

namespace helloscope::shape {

result<step> read_records(std::string_view argument) {
    auto at = parse_positions(argument);
    if (!at) return std::unexpected(std::move(at.error()));
    if (std::ranges::count(*at, position::anchor::records, &position::from) > 0)
        return std::unexpected(failure{"\"records\" is a position of split: only"});
    return records{std::move(*at)};
}

std::string text_of(const records& one) { return "records:" + to_string(one.at); }

} // namespace helloscope::shape
