#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> front_refused(const facts& f) {
    if (!f.answer || f.front == "tls" || f.front == "sslv2-hello") return std::nullopt;
    const bool loop = f.answer->proxy_status.find("proxy_loop_detected") != std::string::npos;
    if (!loop && f.answer->status / 100 != 4) return std::nullopt;
    auto out = found(
        loop ? "proxy-loop" : "front-refused", certainty::confirmed,
        loop ? "The request came back to helloscope: the way out leads to itself."
             : fmt::format(
                   "helloscope refused the request: {} {}.", f.answer->status, f.answer->reason));
    says(out, "front", f.front);
    if (!f.host.empty()) says(out, "target", server_of(f));
    says(out, "answer", fmt::format("{} {}", f.answer->status, f.answer->reason));
    if (loop)
        out.remedies.push_back(
            {"client", "Ask for the server's own address: this one is helloscope's listener", ""});
    else if (f.front == "http")
        out.remedies.push_back(
            {"client", "Use the https:// URL: plain http:// does not pass through helloscope", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
