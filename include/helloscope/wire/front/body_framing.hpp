// Where the body of a message ends (RFC 9112 section 6.3). Whatever two implementations could see
// in two ways is refused, because such a message carries a second one past one of them: request
// smuggling. A forwarder writes Transfer-Encoding and Content-Length from what is said here, not
// from the fields that came.
#pragma once

#include "helloscope/wire/front/response_head.hpp"

namespace helloscope::wire::front {

enum class body_kind : std::uint8_t { none, length, chunked, until_close };

struct body_framing {
    body_kind kind = body_kind::none;
    std::uint64_t length = 0; // of kind length; 0 is a body of no bytes
    bool operator==(const body_framing&) const = default;
};

// Refused as malformed, with the field and its offset in the head: a Transfer-Encoding that is not
// exactly `chunked`, in HTTP/1.0, or beside a Content-Length; a Content-Length that is not digits
// alone, too big for 63 bits, or repeated, even with the same value.
parsed<body_framing> request_framing(const request_head& head);

// The same for the answer to `request_method`: none for HEAD, for 1xx, 204 and 304, and for 2xx to
// CONNECT, whatever the fields say; until_close without any. One difference: a Content-Length that
// is repeated with the same value is that value, as servers send it and clients take it.
parsed<body_framing> response_framing(const response_head& head, std::string_view request_method);

} // namespace helloscope::wire::front
