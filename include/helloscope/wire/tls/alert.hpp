// A TLS alert in the clear (RFC 8446 section 6). An encrypted one is a record with a size, no more.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/result.hpp"

namespace helloscope::wire::tls {

struct alert {
    std::uint8_t level = 0; // 1 warning, 2 fatal
    std::uint8_t description = 0;

    bool fatal() const { return level == 2; }
    bool operator==(const alert&) const = default;
};

// The first two bytes of the input.
parsed<alert> parse_alert(bytes_view input);

} // namespace helloscope::wire::tls
