// The target of a plain HTTP request to a proxy: absolute-form, http://host[:port]/path (RFC 9112
// section 3.2.2), and what the server behind the proxy is asked instead.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/wire/front/request_head.hpp"

namespace helloscope::wire::front {

struct absolute_target {
    host_port at;            // port 80 if the target has none
    std::string origin_form; // "/path?query"; "*" for OPTIONS without path and query
    bool operator==(const absolute_target&) const = default;
};

// The error's field says what is wrong: method (CONNECT has no such target), request-target (not in
// absolute-form: somebody took us for a server), scheme (unsupported: not http), userinfo, host,
// port, fragment, or Host: more than one, none in HTTP/1.1, or one that names no host (RFC 9112
// section 3.2). Which host it names does not matter: the target overrides it, and the forwarder
// writes it anew.
parsed<absolute_target> parse_absolute_target(const request_head& head);

// "registry.test", "[::1]:8080": the Host field for a server of http, without the default port.
std::string host_field(const host_port& at);

} // namespace helloscope::wire::front
