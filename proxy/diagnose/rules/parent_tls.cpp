#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> parent_tls(const facts& f) {
    if (!parent_said(f, {"tls"})) return std::nullopt;
    const auto parent = parent_of(f);
    const auto& why = f.parent_answer->reason;
    auto out = found_at_parent(
        f, "parent-tls", certainty::confirmed,
        fmt::format("The TLS handshake with the parent proxy {} failed: {}.", parent, why));
    says(out, "after", text_of(f.parent_answer->took));
    const auto at = address_of(parent);
    if (why.find("certificate") != std::string::npos)
        out.remedies.push_back(
            {"helloscope", "If its CA is known to you, give it to helloscope run",
             "--proxy-cacert CA.pem"});
    else
        out.remedies.push_back(
            {"helloscope", "If it is a plain HTTP proxy, name it with http://",
             "--via " + word("http://" + to_string(at))});
    out.remedies.push_back(
        {"client", "See what it presents",
         fmt::format(
             "openssl s_client -connect {} -servername {} </dev/null", word(to_string(at)),
             word(at.host))});
    return out;
}

} // namespace helloscope::diagnose::rules
