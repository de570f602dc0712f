// Plain HTTP/1.1 through us: requests in absolute-form, one behind the other on one client
// connection, each to whatever server it names (RFC 9112 section 3.2.2).
#pragma once

#include "front.hpp"

namespace helloscope::relay {

// Serves `first`, whose head is still in `from`, and what follows it, until the client or an error
// ends the flow. Something comes back only when the client goes on with a CONNECT.
net::awaitable<std::optional<request>> forward_http(flow& of, stream_reader& from, request first);

} // namespace helloscope::relay
