#include "helloscope/base/result.hpp"

#include <fmt/format.h>

namespace helloscope {

std::string_view to_string(errc code) {
    switch (code) {
    case errc::need_more: return "incomplete";
    case errc::malformed: return "malformed";
    case errc::too_long: return "too long";
    case errc::unsupported: return "unsupported";
    }
    return "malformed";
}

std::string to_string(const parse_error& error) {
    return fmt::format("{} {} at byte {}", to_string(error.code), error.field, error.offset);
}

} // namespace helloscope
