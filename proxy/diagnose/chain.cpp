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
    if (!f.chain || f.chain->error.empty()) return {};
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
    if (!chain.error.empty()) says(to, "verified here", chain.error);
}

} // namespace helloscope::diagnose
