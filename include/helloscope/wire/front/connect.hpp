// The target of a CONNECT request: authority-form, host and port (RFC 9110 section 9.3.6).
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/wire/front/request_head.hpp"

namespace helloscope::wire::front {

// Hosts are an IPv6 literal in brackets, an IPv4 literal, or a name of letters, digits, '-', '.'
// and
// '_': the part of RFC 3986's reg-name that DNS can answer for. The port is needed, 1 to 65535.
// The error's field says what is wrong: method, userinfo, path, host or port.
parsed<host_port> connect_target(const request_head& head);

} // namespace helloscope::wire::front
