// Fields that end at this hop, and what else the fields of a forwarded message say about hops: the
// part of an intermediary that RFC 9110 section 7.6 describes. Pure selection: who forwards adds
// its own Via, Connection, framing and credentials.
#pragma once

#include "helloscope/wire/front/request_head.hpp"

namespace helloscope::wire::front {

// Without the fields of RFC 9110 section 7.6.1 (Connection and what it names, Proxy-Connection,
// Keep-Alive, TE, Transfer-Encoding, Upgrade) and without those that belong to one proxy
// (Proxy-Authenticate, Proxy-Authorization, Proxy-Authentication-Info). A token in Connection that
// names a field without which the message would say something else (Host, Content-Length, Via,
// Authorization, …) is ignored: it can only be a mistake or an attack on who stands behind us.
std::vector<header_field> end_to_end_fields(const std::vector<header_field>& fields);

// Whether `token` is in the comma list that all fields of that name make together, ignoring case.
bool has_token(
    const std::vector<header_field>& fields, std::string_view field, std::string_view token);

// Whether an entry of Via was received by `pseudonym` (RFC 9110 section 7.6.3), ignoring case: the
// message went through its owner already.
bool came_through(const std::vector<header_field>& fields, std::string_view pseudonym);

} // namespace helloscope::wire::front
