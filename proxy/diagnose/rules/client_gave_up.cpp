#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Only when no rule of the table explains more. A client that leaves before it has asked for
// anything, or between our answer and its hello, just left.
std::optional<finding> client_gave_up(const facts& f) {
    const bool waiting = f.at == model::stage::resolve || f.at == model::stage::connect ||
                         f.at == model::stage::parent || f.at == model::stage::server_flight ||
                         f.at == model::stage::client_finish;
    const bool owed = f.parent_waited || f.front == "http"; // by who is connected
    const bool dialing = f.at <= model::stage::parent && !f.answer && (!f.connected() || owed);
    if (!f.client_left() || f.established || !waiting || (f.at <= model::stage::parent && !dialing))
        return std::nullopt;
    auto out = found(
        "client-gave-up", certainty::suspected,
        fmt::format(
            "The client left after {}, while helloscope waited for {}.", text_of(f.lasted),
            f.at == model::stage::resolve         ? "the resolver"
            : f.connected() && f.parent_waited    ? "the answer of " + parent_of(f)
            : f.connected() && f.front == "http"  ? "the answer of " + server_of(f)
            : f.at < model::stage::server_flight  ? "a connection to " + peer_of(f)
            : f.at == model::stage::server_flight ? "the rest of the server's flight"
                                                  : "the end of the handshake"));
    says(out, "stage", std::string(to_string(f.at)));
    says(out, "how", f.client_end->how);
    if (f.client_hello) {
        says_bytes(out, "ClientHello", f.hello_bytes);
        says_bytes(out, "acknowledged", f.server_leg.out.acked);
        says_bytes(out, "received", f.from_server);
    }
    out.missing.push_back("why it left: its own log or error message tells");
    return out;
}

} // namespace helloscope::diagnose::rules
