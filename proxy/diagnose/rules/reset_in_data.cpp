#include "../data_stall.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// Many end connections with a reset when all was said: it counts only inside a record, or when a
// request was not answered.
std::optional<finding> reset_in_data(const facts& f) {
    if (!f.established || !f.server_left()) return std::nullopt;
    const bool reset = f.first_end->how == "rst";
    const bool cut = f.server_cut.has_value();
    if (!cut && !(reset && request_is_open(f))) return std::nullopt;
    auto out = found(
        reset ? "reset-in-data" : "closed-in-data", certainty::likely,
        fmt::format(
            "{} {} the connection {}, after {}.", peer_of(f), reset ? "reset" : "closed",
            cut ? "in the middle of a record" : "instead of answering a request",
            text_of(f.lasted)));
    if (cut) {
        says_bytes(out, "record length", f.server_cut->length);
        says_bytes(out, "of it received", f.server_cut->cut_at.value_or(0));
    }
    says_bytes(out, "received in all", f.from_server);
    says_bytes(out, "sent in all", f.from_client);
    out.missing.push_back("who sent the reset: the server's log, or a capture there");
    if (!reset) out.missing.back() = "why it ended early: the server's log";
    return out;
}

} // namespace helloscope::diagnose::rules
