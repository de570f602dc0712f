#include "helloscope/wire/front/credentials.hpp"

#include "base64.hpp"
#include "helloscope/wire/front/request_head.hpp"

#include <algorithm>

namespace helloscope::wire::front {
namespace {

bool is_control(char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; }

} // namespace

std::string basic_authorization(const credentials& login) {
    return "Basic " + write_base64(as_bytes(login.user + ':' + login.password));
}

std::optional<credentials> parse_basic_authorization(std::string_view field_value) {
    const auto space = field_value.find(' ');
    if (space == field_value.npos || !same_field_name(field_value.substr(0, space), "Basic"))
        return std::nullopt;
    const auto start = std::min(field_value.find_first_not_of(' ', space), field_value.size());
    const auto decoded = parse_base64(field_value.substr(start));
    if (!decoded) return std::nullopt;
    const auto pair = as_text(*decoded);
    const auto colon = pair.find(':');
    if (colon == pair.npos || std::any_of(pair.begin(), pair.end(), is_control))
        return std::nullopt;
    return credentials{std::string(pair.substr(0, colon)), std::string(pair.substr(colon + 1))};
}

} // namespace helloscope::wire::front
