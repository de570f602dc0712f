#include "rules.hpp"

#include <algorithm>

namespace helloscope::diagnose::rules {
namespace {

// The server left; or the client did, without a word more, when it had heard the server's last
// one, and was seen first.
bool server_broke_off(const facts& f) {
    const bool left_as_well = f.server_end && f.server_end->by == "peer";
    return f.server_left() ||
           (f.client_left() && left_as_well && f.last_spoke == direction::to_client);
}

} // namespace

// In TLS 1.3 the client is done before the server judges what it sent: the alert is encrypted, and
// follows the client's Finished instead of any data.
std::optional<finding> client_certificate_required(const facts& f) {
    if (!f.established || !server_broke_off(f) || !f.server_hello || !f.client_hello ||
        f.client_encrypted.empty() || !is_tls13(f.server_hello->version) ||
        f.client_hello->early_data || f.server_behind_finish != 1 ||
        f.server_last_encrypted != encrypted_alert_size(f))
        return std::nullopt;
    // A Certificate message without one: four bytes of header, four of emptiness.
    const std::uint32_t empty_certificate = 8 + 1 + (encrypted_alert_size(f) - 3);
    const bool sent_none = f.client_encrypted.front() == empty_certificate;
    const bool sent_one = f.client_encrypted.front() > 200 && f.client_encrypted_count >= 3;
    if (!sent_none && !sent_one) return std::nullopt;
    auto out = found(
        sent_none ? "client-certificate-required" : "client-certificate-rejected",
        sent_none ? certainty::likely : certainty::suspected,
        sent_none
            ? fmt::format(
                  "{} asked for a certificate, the client sent none, and the server broke off "
                  "with an encrypted alert.",
                  server_of(f))
            : fmt::format(
                  "{} broke off with an encrypted alert after the client had sent its "
                  "certificate.",
                  server_of(f)));
    says(
        out, "client's first encrypted record",
        sent_none ? fmt::format("{} bytes, an empty certificate", empty_certificate)
                  : text_of_bytes(f.client_encrypted.front()));
    says(
        out, "server's last record",
        fmt::format("{} bytes, the size of an alert", *f.server_last_encrypted));
    out.others = {"alert-other"};
    out.missing.push_back("which alert it was: the client's own error message says");
    out.remedies.push_back(
        {"client", "Give the client its certificate and key (curl: --cert, --key)", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
