#include "../remedies.hpp"
#include "../trials.hpp"
#include "rules.hpp"

#include "helloscope/wire/tls/names.hpp"

namespace helloscope::diagnose::rules {
namespace {

std::string signatures(const facts& f) {
    std::string all;
    for (const auto scheme : f.client_hello->signature_algorithms) {
        if (wire::tls::is_grease(scheme)) continue;
        const auto name = wire::tls::signature_scheme_name(scheme);
        all += (all.empty() ? "" : ", ") +
               (name.empty() ? fmt::format("0x{:04x}", scheme) : std::string(name));
    }
    return all;
}

// As large without a post-quantum share it is answered, and with one it is not.
std::optional<finding> share_refused(const facts& f) {
    if (!answered(f, change::padding) || !refused(f, change::nothing) || !f.client_hello ||
        !f.client_hello->post_quantum_group())
        return std::nullopt;
    const auto group = wire::tls::group_name(*f.client_hello->post_quantum_group());
    auto out = found(
        "hello-content-refused", certainty::confirmed,
        fmt::format(
            "{} refuses a ClientHello with a key share of {}: one as large without it was "
            "answered.",
            server_of(f), group.empty() ? "a post-quantum group" : group));
    says_bytes(out, "ClientHello", f.hello_bytes);
    says_trials(out, f);
    add_smaller_hello(out, f);
    return out;
}

} // namespace

// A hello of the same size from somebody else, or one of an older version, is answered: what this
// one says is refused, not how long it is.
std::optional<finding> hello_content_refused(const facts& f) {
    if (!hello_failed(f)) return std::nullopt;
    if (auto share = share_refused(f)) return share;
    if (f.server_alert) return std::nullopt;
    const auto other_hello = answered(f, change::nothing);
    auto cut = is_healed(f) ? std::nullopt : answered(f, change::pieces);
    if (cut && cut->how == "split:midsni" && refused(f, change::nothing))
        cut.reset(); // name-filtered knows more
    const auto older = answered(f, change::older_version);
    const bool only_older = older && !answered(f, change::smaller_hello) && !other_hello;
    // A clamp that passes says the path; a cut with full segments says a filter.
    const bool only_cut = cut && refused(f, change::smaller_segments);
    if (!other_hello && !only_older && !only_cut) return std::nullopt;
    auto out = found(
        "hello-content-refused", other_hello || only_cut ? certainty::likely : certainty::suspected,
        only_cut ? fmt::format(
                       "Something on the way to {} refuses what the ClientHello says, and does not "
                       "see it when it is cut.",
                       server_of(f))
                 : fmt::format(
                       "{} refuses what this ClientHello says: {} was answered.", server_of(f),
                       other_hello ? "another one of its size" : "one without TLS 1.3"));
    says_bytes(out, "ClientHello", f.hello_bytes);
    if (const auto offered = signatures(f); !offered.empty())
        says(out, "signature algorithms", offered);
    says_trials(out, f);
    if (only_cut) out.others = {"name-filtered"};
    // Another connection may have been led to another machine, or come at a better time.
    if (other_hello) out.others = {"backend-down"};
    if (other_hello && !f.server_left()) out.others.push_back("server-slow");
    out.missing.push_back("which part it is: compare this hello with one that passes");
    if (only_cut)
        out.remedies.push_back(
            {"helloscope", "Send it cut", "helloscope run --shape " + word(cut->how)});
    add_smaller_hello(out, f);
    out.remedies.push_back(
        {"network", "An inspecting firewall or its rules may be older than the client: update them",
         ""});
    return out;
}

} // namespace helloscope::diagnose::rules
