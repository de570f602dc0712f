// Whom a SOCKS5 request came through: the Via that this protocol does not have. Each helloscope on
// the way adds the digits of its pseudonym to the methods that are offered, from the range that
// RFC 1928 section 3 leaves to private use; a server passes over methods that it does not know.
//
//     helloscope-0a1b2c3d  ->  90 8a 81 8b 82 8c 83 8d
//
#pragma once

#include "helloscope/base/bytes.hpp"

#include <string>

namespace helloscope::wire::front::socks {

// Of the entries of a Via field those of a helloscope; of too many the last ones.
bytes write_trail(std::string_view via);
// Back to entries of Via, "SOCKS/5 helloscope-0a1b2c3d", whatever other methods stand around them.
std::string read_trail(bytes_view methods);

} // namespace helloscope::wire::front::socks
