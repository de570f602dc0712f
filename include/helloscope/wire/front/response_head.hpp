// The head of an HTTP/1 response (RFC 9112 sections 2, 4 and 5), as strictly as a request's: what a
// parent proxy or an origin server answers. Interim answers (1xx) are heads of their own; how a
// body behind it is framed says body_framing.hpp.
#pragma once

#include "helloscope/wire/front/request_head.hpp"

namespace helloscope::wire::front {

// All views point into the parsed input, which begins with the status line.
struct response_head {
    int minor_version = 1;    // HTTP/1.x
    std::uint16_t status = 0; // 100 to 999
    std::string_view reason;  // may be empty
    std::vector<header_field> fields;
    std::size_t size = 0;         // bytes of the head with the empty line that ends it
    std::string_view status_line; // whole; begins where the head does
};

// need_more until the empty line has arrived, but malformed "status-line" as soon as the first
// bytes cannot begin one: what speaks no HTTP at all often sends no line end either. Bytes behind
// the head are not looked at.
parsed<response_head> parse_response_head(bytes_view input);

const header_field* find_field(const response_head& head, std::string_view name);

} // namespace helloscope::wire::front
