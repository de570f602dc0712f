#include "chain.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace helloscope::diagnose {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return out;
}

} // namespace

std::string_view id_of_chain(const facts& f) {
    if (!f.chain || f.chain->error.empty() || f.chain->subject.empty()) return {};
    const auto error = lower(f.chain->error);
    const auto says = [&](std::string_view words) {
        return error.find(words) != std::string::npos;
    };
    if (says("expired") || says("not yet valid")) return "certificate-expired";
    if (says("hostname") || says("host name") || says("ip address mismatch"))
        return "certificate-wrong-name";
    if (says("self-signed") || says("self signed") || says("issuer") || says("unable to verify") ||
        says("untrusted"))
        return "certificate-untrusted";
    return {};
}

bool chain_verifies(const facts& f) {
    return f.chain && f.chain->error.empty() && !f.chain->subject.empty();
}

std::string rejected_because(const facts& f) {
    const auto id = id_of_chain(f);
    if (id == "certificate-expired") return "which is not valid now";
    if (id == "certificate-wrong-name") return "which is not for that name";
    if (id == "certificate-untrusted" && !f.chain->missing.empty())
        return "whose chain lacks " + f.chain->missing;
    if (id == "certificate-untrusted") return "which is signed by one that it does not know";
    if (chain_verifies(f))
        return "which this machine trusts: it goes by other roots, or wants a certain certificate";
    return "";
}

bool parent_changed_it(const facts& f) {
    return f.chain && f.beyond && !f.chain->sha256.empty() && !f.beyond->sha256.empty() &&
           f.chain->sha256 != f.beyond->sha256 && f.beyond->error.empty() &&
           id_of_chain(f) == "certificate-untrusted";
}

bool left_without_asking(const facts& f) {
    if (!f.established || !f.over() || !f.server_hello || !f.client_hello ||
        f.client_hello->early_data || f.client_encrypted_count == 0 || f.client_encrypted_count > 2)
        return false;
    const bool goodbye = f.client_encrypted_count == 2; // a close_notify, as follows
    const bool asked = is_tls13(f.server_hello->version)
                           ? sized_as_alert(f, f.client_encrypted.front()) ||
                                 (goodbye && !sized_as_alert(f, f.client_encrypted.back()))
                           : f.client_data > 0;
    if (asked) return false;
    // A server may answer the close_notify before the client's own end is seen.
    return f.client_left() || (goodbye && f.server_left() && !f.client_spoke_on);
}

std::string_view inspector_of(const model::chain_fetched& chain) {
    constexpr std::string_view known[] = {
        "Zscaler",     "Netskope",      "Palo Alto",
        "Prisma",      "Fortinet",      "FortiGate",
        "Blue Coat",   "Symantec Web",  "Cisco Umbrella",
        "Forcepoint",  "McAfee Web",    "Skyhigh",
        "Sophos",      "Check Point",   "WatchGuard",
        "Barracuda",   "iboss",         "Cloudflare Gateway",
        "Kaspersky",   "Avast",         "AVG",
        "ESET",        "Bitdefender",   "AdGuard",
        "mitmproxy",   "Charles Proxy", "DO_NOT_TRUST_FiddlerRoot",
        "PortSwigger", "Proxyman",      "squid"};
    const auto issuer = lower(chain.issuer);
    for (const auto name : known)
        if (issuer.find(lower(name)) != std::string::npos) return name;
    return {};
}

void add_chain_remedies(finding& to, const facts& f) {
    const auto id = id_of_chain(f);
    const auto server = [&](std::string text) {
        to.remedies.push_back({"server", std::move(text), ""});
    };
    if (id == "certificate-expired" && f.chain->not_after && *f.chain->not_after < f.now)
        server("Give it a new certificate: this one has expired");
    else if (id == "certificate-expired")
        to.remedies.push_back({"host", "Is the clock of this machine right?", "date"});
    else if (id == "certificate-wrong-name")
        server(fmt::format("Give it a certificate that is for {}, too", host_of(f)));
    else if (id == "certificate-untrusted" && !f.chain->missing.empty())
        server(fmt::format("Let it send {}, too: its chain is incomplete", f.chain->missing));
}

void says_chain(finding& to, const facts& f) {
    if (!f.chain) return;
    const auto& chain = *f.chain;
    if (!chain.subject.empty()) says(to, "subject", chain.subject);
    if (!chain.issuer.empty()) says(to, "issuer", chain.issuer);
    if (!chain.names.empty()) says(to, "names", fmt::format("{}", fmt::join(chain.names, ", ")));
    if (chain.not_after)
        says(
            to, chain.not_after < f.now ? "expired" : "valid for",
            text_of(chain.not_after < f.now ? f.now - *chain.not_after : *chain.not_after - f.now) +
                (chain.not_after < f.now ? " ago" : ""));
    if (!chain.missing.empty()) says(to, "missing from the chain", chain.missing);
    if (!chain.sizes.empty()) {
        const auto bytes = std::accumulate(
            chain.sizes.begin(), chain.sizes.end(), std::uint64_t{0});
        const auto segments = segments_of(f, bytes);
        says(
            to, "chain",
            fmt::format(
                "{}, {}{}", text_of_count(chain.sizes.size(), "certificate"), text_of_bytes(bytes),
                segments ? ", " + text_of_count(*segments, "segment") : ""));
    }
    if (!chain.error.empty())
        says(to, chain.subject.empty() ? "fetched here" : "verified here", chain.error);
    else if (!chain.subject.empty())
        says(to, "verified here", std::string("yes"));
    if (!f.beyond) return;
    const auto& beyond = *f.beyond;
    if (beyond.subject.empty())
        says(to, "without the parent", beyond.error);
    else if (beyond.sha256 == chain.sha256)
        says(to, "without the parent", std::string("the same certificate"));
    else
        says(
            to, "without the parent",
            fmt::format(
                "another certificate, issued by {}{}", beyond.issuer,
                beyond.error.empty() ? ", which verifies here" : ""));
}

} // namespace helloscope::diagnose
