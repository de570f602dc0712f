#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// In TLS 1.3 a client that rejects the certificate says so in an encrypted record; only its size
// shows. An alert is two bytes, one of content type and the suite's tag; a Finished is 32 bytes and
// more.
std::optional<finding> encrypted_alert(const facts& f) {
    constexpr std::uint16_t ccm_8 = 0x1305;
    if (!f.server_hello || !f.client_first_encrypted || !f.client_hello || !f.over() ||
        !wire::tls::is_tls13(f.server_hello->version) || f.client_hello->early_data)
        return std::nullopt;
    const std::uint32_t alert_size = f.server_hello->cipher_suite == ccm_8 ? 11 : 19;
    if (*f.client_first_encrypted != alert_size) return std::nullopt;
    auto out = found(
        "certificate-rejected", certainty::likely,
        fmt::format(
            "The client broke the handshake off with an encrypted alert after {}'s certificate: "
            "most "
            "likely it does not trust it.",
            server_of(f)));
    says(
        out, "client's first encrypted record",
        fmt::format("{} bytes, the size of an alert; a Finished is longer", alert_size));
    says_bytes(out, "server's flight", f.from_server);
    out.others = {
        "certificate-untrusted", "certificate-expired", "certificate-wrong-name", "alert-other"};
    out.missing.push_back("which alert it was: the client's own error message says");
    out.remedies.push_back(
        {"client", "See which certificate is presented, and by whom",
         fmt::format(
             "openssl s_client{} -connect {} -servername {} </dev/null", openssl_proxy(f),
             server_of(f), host_of(f))});
    out.remedies.push_back(
        {"client", "If a company's proxy signs it, trust its CA",
         "export SSL_CERT_FILE=/path/to/ca-bundle.pem"});
    return out;
}

} // namespace helloscope::diagnose::rules
