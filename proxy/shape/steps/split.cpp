#include "../steps.hpp"

namespace helloscope::shape {

result<step> read_split(std::string_view argument) {
    auto at = parse_positions(argument);
    if (!at) return std::unexpected(std::move(at.error()));
    return split{std::move(*at)};
}

std::string text_of(const split& one) { return "split:" + to_string(one.at); }

} // namespace helloscope::shape
