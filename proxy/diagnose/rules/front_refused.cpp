#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

// SOCKS has no status to speak of.
std::string answer_of(const facts& f) {
    const auto& answer = *f.answer;
    return answer.status == 0 ? answer.reason : fmt::format("{} {}", answer.status, answer.reason);
}

// The one refusal of SOCKS that a login heals is told by its words.
bool wants_login(const facts& f) {
    return f.answer->status == 407 ||
           (f.answer->status == 0 && f.answer->reason.find("password") != std::string::npos);
}

std::string summary_of(const facts& f) {
    const auto& answer = *f.answer;
    if (answer.status == 407)
        return f.login_sent ? "helloscope does not know the user name and password that the client "
                              "sent (--proxy-auth)."
                            : "helloscope wants a user name and a password (--proxy-auth), and the "
                              "client sent none that it knows.";
    if (answer.status == 403)
        return fmt::format("helloscope does not serve this client: {}.", answer.reason);
    if (answer.status == 500)
        return fmt::format("helloscope could not do what was asked: {}.", answer.reason);
    return fmt::format("helloscope refused the request: {}.", answer_of(f));
}

void add_remedy(finding& to, const facts& f) {
    if (wants_login(f))
        to.remedies.push_back(
            {"client", "Give the client a user name and password of the file of --proxy-auth",
             fmt::format(
                 "export {}://USER:PASSWORD@{}",
                 f.front == "socks5" ? "ALL_PROXY=socks5h" : "HTTPS_PROXY=http",
                 to_string(f.listener))});
    if (f.answer->status == 403)
        to.remedies.push_back(
            {"helloscope", "If it may use this proxy, give this to helloscope run",
             "--allow-from " + to_string(f.client.address)});
}

} // namespace

// By our own word; a refusal of a parent that was passed on is the parent's.
std::optional<finding> front_refused(const facts& f) {
    const bool refused = f.answer && (f.answer->status / 100 == 4 || f.answer->status == 0 ||
                                      f.answer->status == 500);
    if (!refused || f.front == "tls" || f.front == "sslv2-hello" ||
        (f.parent_answer && !f.parent_answer->error.empty()))
        return std::nullopt;
    auto out = found("front-refused", certainty::confirmed, summary_of(f));
    says(out, "front", f.front);
    if (!f.host.empty()) says(out, "target", server_of(f));
    says(out, "answer", answer_of(f));
    add_remedy(out, f);
    if (!f.parents.empty() && !f.parent_answer) out.others.push_back("parent-refused");
    return out;
}

} // namespace helloscope::diagnose::rules
