#include "../chain.hpp"
#include "../remedies.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Some clients look at the certificate, or at its name, when the handshake is over, and leave
// without a word. A check leaves so, too: only the chain that was fetched makes the difference.
std::optional<finding> certificate_unsaid(const facts& f) {
    const auto id = id_of_chain(f);
    if (id.empty() || !left_without_asking(f)) return std::nullopt;
    auto out = found(
        std::string(id), certainty::likely,
        fmt::format(
            "The client left without asking for anything, and the certificate of {} is {}.",
            server_of(f),
            id == "certificate-wrong-name" ? "for other names"
            : id == "certificate-expired"  ? "not valid now"
                                           : "not trusted"));
    says_chain(out, f);
    out.others = {"closed-without-request"};
    out.missing.push_back("why it left: its own log or error message tells");
    add_chain_remedies(out, f);
    out.remedies.push_back(
        {"client", "See which certificate is presented, and by whom", openssl_look(f)});
    if (id == "certificate-untrusted" && f.chain->missing.empty()) add_trust(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
