#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

std::optional<finding> parent_garbled(const facts& f) {
    if (!parent_said(f, {"garbled", "closed", "broken"})) return std::nullopt;
    const auto& answer = *f.parent_answer;
    const std::string_view what = answer.error == "closed" ? "closed the connection instead of "
                                                             "answering in full"
                                  : answer.error == "broken"
                                      ? "broke the connection instead of answering in full"
                                      : "does not answer as a proxy does";
    auto out = found_at_parent(
        f, "parent-garbled", certainty::confirmed,
        fmt::format(
            "The parent proxy {} {}{}{}.", answer.parent, what, answer.reason.empty() ? "" : ": ",
            answer.reason));
    says(out, "asked for", beyond_parent(f));
    says(out, "after", text_of(answer.took));
    out.remedies.push_back(
        {"helloscope",
         "Is it a proxy of that kind? One that is spoken to over TLS is named https://, a SOCKS "
         "proxy socks5h://",
         ""});
    add_curl(out, f, "See the same without helloscope");
    return out;
}

} // namespace helloscope::diagnose::rules
