// An HTTP head as a recording may keep it. A known method, host, port, path, version and the
// names of the fields stay; the values of a few harmless fields stay; every other byte becomes 'x',
// so that sizes stay true. Masked in the target: userinfo, query, fragment, path parameters (";…")
// and credentials inside the path ("/https://name:secret@host/").
#pragma once

#include "helloscope/wire/front/request_head.hpp"
#include "helloscope/wire/front/response_head.hpp"

#include <optional>
#include <string>

namespace helloscope::wire::front {

struct masked_field {
    std::string name;
    std::size_t value_length = 0;
    std::optional<std::string> value; // only for the fields in the allow-list
};

// The text to make a packet from: as long as the head was. `head` must be what parse_request_head
// returned and its input still alive.
std::string masked_head(const request_head& head);
// The same of an answer: its status line stays, and the values that a request may keep.
std::string masked_response_head(const response_head& head);
std::string masked_target(std::string_view target); // as long as the target
std::string masked_method(std::string_view method); // itself, if it is one of RFC 9110 or PATCH
std::vector<masked_field> masked_fields(const request_head& head);

} // namespace helloscope::wire::front
