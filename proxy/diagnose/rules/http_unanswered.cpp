#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {

// The server of plain HTTP: what it did instead of answering is in our words to the client.
std::optional<finding> http_unanswered(const facts& f) {
    const auto errors = {
        std::string_view("connection_terminated"), std::string_view("http_protocol_error"),
        std::string_view("http_response_timeout")};
    if (f.front != "http" || !f.connected() || !gave_up_with(f, errors) ||
        parent_failed_plainly(f, errors) || (f.parent_answer && !f.parent_answer->error.empty()))
        return std::nullopt;
    const auto url = url_of("http", {f.host, f.port});
    auto out = found("http-unanswered", certainty::confirmed, f.answer->reason + ".");
    says(out, "asked for", url);
    says(out, "connected to", to_string(*f.server));
    out.remedies.push_back(
        {"client", "See the same without helloscope", "curl -v --noproxy '*' " + word(url)});
    return out;
}

} // namespace helloscope::diagnose::rules
