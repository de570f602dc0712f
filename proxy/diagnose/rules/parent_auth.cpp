#include "../parents.hpp"
#include "rules.hpp"

namespace helloscope::diagnose::rules {
namespace {

// Plain HTTP goes to a parent as it is: what comes back is its answer.
bool challenged_in_plain_http(const facts& f) {
    return !f.parents.empty() && f.exchanges.last && f.exchanges.last->status == 407;
}

// Some answer CONNECT so when the login is wrong; no server is asked yet that could mean itself.
bool unauthorized(const facts& f) {
    return parent_said(f, {"refused"}) && f.parent_answer->status == 401;
}

} // namespace

std::optional<finding> parent_auth(const facts& f) {
    const bool said = parent_said(f, {"auth"}) || unauthorized(f);
    if (!said && !challenged_in_plain_http(f)) return std::nullopt;
    const auto parent = parent_of(f);
    auto out = found_at_parent(
        f, "parent-auth", certainty::confirmed,
        fmt::format(
            "The parent proxy {} wants a user name and a password, and {}.", parent,
            f.login_sent ? "does not take those that the client sent" : "got none that it takes"));
    says(out, "its answer", said ? words_of(*f.parent_answer) : "407");
    if (parent.starts_with("http"))
        out.missing.push_back(
            "whether it takes Basic, the scheme that helloscope speaks: curl -v shows what it "
            "offers in Proxy-Authenticate");
    const auto at = address_of(parent);
    out.remedies.push_back(
        {"helloscope",
         fmt::format(
             "Write one line into a file that only you can read, and name it to helloscope run: "
             "machine {} login USER password PASSWORD",
             at.host),
         "--via-credentials FILE"});
    if (f.parent_source.ends_with("_PROXY") || f.parent_source.ends_with("_proxy"))
        out.remedies.push_back(
            {"helloscope", "Or set it in the environment where helloscope starts",
             fmt::format(
                 "export {}={}://USER:PASSWORD@{}", f.parent_source,
                 parent.substr(0, parent.find("://")), to_string(at))});
    add_curl(
        out, f, "Try them without helloscope: curl asks for the password",
        " --proxy-anyauth --proxy-user USER");
    return out;
}

} // namespace helloscope::diagnose::rules
