// The base64 of RFC 4648 section 4, with its padding.
#pragma once

#include "helloscope/base/bytes.hpp"

#include <optional>
#include <string>

namespace helloscope::wire::front {

std::string write_base64(bytes_view input);
// Nothing if a character, the length, the padding or a bit behind the last byte is wrong: one text
// for each value.
std::optional<bytes> parse_base64(std::string_view text);

} // namespace helloscope::wire::front
