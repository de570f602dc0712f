#include "rules.hpp"

#include "helloscope/wire/tls/names.hpp"

namespace helloscope::diagnose::rules {
namespace {

constexpr bool is_about_the_retry(std::uint8_t alert) {
    return alert == 10 || alert == 47 || alert == 50 || alert == 109;
}

} // namespace

// A HelloRetryRequest came, and the handshake went no further (RFC 8446 section 4.1.4).
std::optional<finding> retry_mishandled(const facts& f) {
    if (!f.retried || f.server_hello || f.established || !f.connected() || !f.stuck())
        return std::nullopt;
    const bool again = f.client_hellos > 1;
    const auto& complaint = f.server_alert ? f.server_alert : f.client_alert;
    if (complaint && !is_about_the_retry(complaint->description)) return std::nullopt;
    const bool silent = !f.over() || (!complaint && !f.server_left() && again);
    if (silent && silence_of(f) < patience_of(f)) return std::nullopt;
    if (!again && f.over() && !complaint && !f.client_left()) return std::nullopt;
    const std::string_view culprit = again && !f.client_alert ? "server" : "client";
    auto out = found(
        "retry-mishandled", complaint ? certainty::confirmed : certainty::likely,
        again ? fmt::format(
                    "{} asked for another ClientHello (HelloRetryRequest), got it, and {}.",
                    server_of(f),
                    f.client_alert    ? "the client then broke off"
                    : f.server_alert  ? "broke off"
                    : f.server_left() ? "closed the connection"
                                      : "says nothing any more")
              : fmt::format(
                    "{} asked for another ClientHello (HelloRetryRequest), and the client sent "
                    "none.",
                    server_of(f)));
    if (complaint) {
        const auto name = wire::tls::alert_name(complaint->description);
        says(
            out, "alert",
            fmt::format(
                "{} from the {}",
                name.empty() ? fmt::format("alert {}", complaint->description) : std::string(name),
                f.server_alert ? "server" : "client"));
    }
    says(out, "ClientHellos", f.client_hellos);
    out.remedies.push_back(
        {std::string(culprit), "Its TLS stack mishandles the retry: update it", ""});
    out.remedies.push_back(
        {"client", "Let the client send a key share of a group that the server takes at once", ""});
    return out;
}

} // namespace helloscope::diagnose::rules
