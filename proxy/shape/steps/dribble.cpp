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

} // namespace helloscope::shape
