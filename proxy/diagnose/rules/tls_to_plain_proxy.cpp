#include "rules.hpp"

namespace helloscope::diagnose::rules {

// The first bytes of a TLS record on a port that expects a request to a proxy.
std::optional<finding> tls_to_plain_proxy(const facts& f) {
    if (f.front != "tls" && f.front != "sslv2-hello") return std::nullopt;
    const auto listener = to_string(f.listener);
    auto out = found(
        "tls-to-plain-proxy", certainty::confirmed,
        fmt::format(
            "The client speaks TLS to helloscope itself, but {} speaks plain HTTP: the proxy is "
            "set "
            "as https:// instead of http://.",
            listener));
    says(out, "first bytes", f.front == "tls" ? "a TLS record" : "a ClientHello in SSLv2 format");
    out.remedies.push_back(
        {"client", "Set the proxy with http://; the way to the server stays TLS",
         "export HTTPS_PROXY=http://" + listener});
    return out;
}

} // namespace helloscope::diagnose::rules
