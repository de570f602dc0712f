// The URL of a parent proxy as HTTPS_PROXY, curl's -x and --via write it: where it is, what it
// speaks and the login for it. Not a URL in general: it has no path, no query and no fragment.
#pragma once

#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/result.hpp"
#include "helloscope/wire/front/credentials.hpp"

namespace helloscope::wire::front {

enum class proxy_scheme : std::uint8_t {
    http,
    https,   // TLS to the proxy
    socks5,  // names are resolved on this side of the proxy
    socks5h, // and by the proxy
};
std::string_view to_string(proxy_scheme scheme);

struct proxy_url {
    proxy_scheme scheme{};
    host_port at;
    std::optional<credentials> login;

    bool speaks_http() const {
        return scheme == proxy_scheme::http || scheme == proxy_scheme::https;
    }
    bool operator==(const proxy_url&) const = default;
};

// "proxy.corp:3128", "http://user:pass%40word@proxy.corp/", "socks5h://[::1]". Without a scheme it
// is http; without a port it is Go's default, 80, 443 or 1080 (curl takes 1080 for all). The
// userinfo ends at the last '@' and is percent-decoded. The error's field is scheme (unsupported
// for socks4 and others), userinfo (also if it holds an unescaped '/', '?' or '#'), host, port,
// path, query or fragment; its text never holds a part of the URL.
parsed<proxy_url> parse_proxy_url(std::string_view text);
std::string to_string(const proxy_url& url); // "http://proxy.corp:3128", never the login

} // namespace helloscope::wire::front
