#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> not_tls(const facts& f) {
    if (!f.other_answer || !f.client_hello || f.server_hello || f.other_answer->offset > 0)
        return std::nullopt;
    const auto& seen = f.other_answer->looks_like;
    const bool known = !seen.empty() && seen != "unknown";
    auto out = found(
        "not-tls", certainty::confirmed,
        fmt::format(
            "{} answered the ClientHello with {} instead of TLS.", server_of(f),
            known ? seen : "bytes that are no TLS"));
    says(out, "answer looks like", known ? seen : "nothing known here");
    says_bytes(out, "received", f.from_server);
    if (seen == "http") {
        out.others = {"plain-http-port", "captive-portal"};
        out.remedies.push_back(
            {"client", "See what it says", fmt::format("curl -i http://{}/", server_of(f))});
    }
    return out;
}

} // namespace helloscope::diagnose::rules
