#include "helloscope/probe/chain.hpp"

#include "helloscope/net/x509/summary.hpp"

#include <array>
#include <fmt/ranges.h>
#include <openssl/sha.h>

namespace helloscope::probe {

namespace x509 = net::x509;

namespace {

std::string sha256_of(bytes_view der) {
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(der.data(), der.size(), digest.data());
    return fmt::format("{:02x}", fmt::join(digest, ""));
}

void describe_leaf(const x509::certificate& leaf, model::chain_fetched& to) {
    const auto der = leaf.der();
    if (!der) return;
    to.sha256 = sha256_of(*der);
    auto known = x509::summarize(*der);
    if (!known) return;
    to.subject = std::move(known->subject);
    if (to.subject.empty()) to.subject = "no name"; // as some that have names in an extension alone
    to.issuer = std::move(known->issuer);
    to.names = std::move(known->names);
    to.not_before = known->not_before;
    to.not_after = known->not_after;
}

} // namespace

model::chain_fetched describe_chain(
    const net::tls_chain& fetched, const x509::roots& trusted, std::string_view name,
    std::string by, timestamp now) {
    model::chain_fetched told;
    told.by = std::move(by);
    if (fetched.sent.empty()) {
        told.error = fetched.error.empty() ? "no certificate came" : fetched.error;
        return told;
    }
    describe_leaf(fetched.sent.front(), told);
    for (const auto& one : fetched.sent)
        if (const auto der = one.der())
            told.sizes.push_back(static_cast<std::uint32_t>(der->size()));
    auto found = x509::verify_server(trusted, fetched.sent, name, now);
    told.error = fmt::format("{}", fmt::join(found.errors, "; "));
    told.missing = std::move(found.missing);
    return told;
}

} // namespace helloscope::probe
