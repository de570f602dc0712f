#include "../chain.hpp"
#include "../remedies.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Node looks at the certificate when its handshake is done, and a client that does so may close
// before its Finished is out. The server's flight ends with a record of a Finished' size: all of it
// was there.
std::optional<finding> left_at_certificate(const facts& f) {
    if (!f.server_hello || !is_tls13(f.server_hello->version) || f.server_hello->selected_psk ||
        !f.client_left() || f.client_first_encrypted || f.client_alert || f.server_cut ||
        f.server_last_encrypted != finished_size(f) || f.client_leg.out.all_acked == false)
        return std::nullopt;
    auto out = found(
        "certificate-rejected", certainty::suspected,
        fmt::format(
            "The client left without a word when it had {}'s certificate and could have finished "
            "the handshake: it may not trust it.",
            server_of(f)));
    says_bytes(out, "server's flight, complete", f.from_server);
    says(out, "how", f.client_end->how);
    out.others = {
        "certificate-untrusted", "certificate-expired", "certificate-wrong-name", "intercepted",
        "client-gave-up"};
    // What was fetched beside the flow makes one reason the likeliest.
    if (const auto by_chain = id_of_chain(f); !by_chain.empty()) {
        out.id = by_chain;
        out.how_sure = certainty::likely;
        out.others = {"client-gave-up"};
        out.summary = fmt::format(
            "The client left without a word when it had the certificate of {}, {}.", server_of(f),
            rejected_because(f));
    }
    says_chain(out, f);
    add_chain_remedies(out, f);
    out.missing.push_back("why it left: its own log or error message tells");
    out.remedies.push_back(
        {"client", "See which certificate is presented, and by whom", openssl_look(f)});
    if (out.id == "certificate-rejected" || out.id == "certificate-untrusted") add_trust(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
