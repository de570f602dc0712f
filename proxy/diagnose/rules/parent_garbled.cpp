#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

std::string summary_of(const model::parent_answered& answer) {
    const auto& why = answer.reason;
    if (answer.error == "closed")
        return fmt::format(
            "The parent proxy {} closed the connection {}.", answer.parent,
            why.empty() ? "instead of answering" : why);
    if (answer.error == "broken")
        return fmt::format(
            "The connection to the parent proxy {} broke before it had answered: {}.",
            answer.parent, why);
    return fmt::format(
        "The parent proxy {} does not answer as a proxy does: {}.", answer.parent, why);
}

} // namespace

std::optional<finding> parent_garbled(const facts& f) {
    const bool said = parent_said(f, {"garbled", "closed", "broken"});
    if (!said && !parent_failed_plainly(f, {"http_protocol_error", "connection_terminated"}))
        return std::nullopt;
    auto out = found_at_parent(
        f, "parent-garbled", certainty::confirmed,
        said ? summary_of(*f.parent_answer) : fmt::format("The {}.", f.answer->reason));
    says(out, "asked for", beyond_parent(f));
    if (said) says(out, "after", text_of(f.parent_answer->took));
    out.remedies.push_back(
        {"helloscope",
         "Is it a proxy of that kind? One that is spoken to over TLS is named https://, a SOCKS "
         "proxy socks5h://",
         ""});
    add_curl(out, f, "See the same without helloscope");
    return out;
}

} // namespace helloscope::diagnose::rules
