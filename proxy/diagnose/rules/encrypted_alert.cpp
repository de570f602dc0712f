#include "../chain.hpp"
#include "../remedies.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

std::string sentence_of(const facts& f) {
    const auto why = rejected_because(f);
    if (!why.empty())
        return fmt::format("The client rejected the certificate of {}, {}.", server_of(f), why);
    return fmt::format(
        "The client broke the handshake off with an encrypted alert after {}'s certificate: most "
        "likely it does not trust it.",
        server_of(f));
}

} // namespace

// In TLS 1.3 a client that rejects the certificate says so in an encrypted record; only its size
// shows. An alert is two bytes, one of content type and the suite's tag; a Finished is 32 bytes and
// more.
std::optional<finding> encrypted_alert(const facts& f) {
    if (!alert_instead_of_finished(f)) return std::nullopt;
    const auto by_chain = id_of_chain(f);
    const bool by_others = by_chain.empty() && chain_verifies(f);
    auto out = found(
        by_others          ? "certificate-untrusted"
        : by_chain.empty() ? "certificate-rejected"
                           : std::string(by_chain),
        by_chain.empty() ? certainty::likely : certainty::confirmed, sentence_of(f));
    says(
        out, "client's first encrypted record",
        fmt::format(
            "{} bytes, the size of an alert{}; a Finished has {}", *f.client_first_encrypted,
            *f.client_first_encrypted == encrypted_alert_size(f) ? "" : " with padding",
            finished_size(f)));
    says_bytes(out, "server's flight", f.from_server);
    says_chain(out, f);
    if (by_others) out.others = {"alert-other"};
    if (by_chain.empty() && !by_others) {
        out.others = {
            "certificate-untrusted", "certificate-expired", "certificate-wrong-name", "intercepted",
            "alert-other"};
        out.missing.push_back("which alert it was: the client's own error message says");
    }
    add_chain_remedies(out, f);
    out.remedies.push_back(
        {"client", "See which certificate is presented, and by whom", openssl_look(f)});
    if (by_chain.empty() || by_chain == "certificate-untrusted") add_trust(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
