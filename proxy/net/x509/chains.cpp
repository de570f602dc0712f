#include "helloscope/net/x509/chains.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::net::x509 {
namespace {

constexpr chain_row rows[] = {
    {chain_kind::leaf, "leaf", "a good chain: the leaf and its intermediate"},
    {chain_kind::oversized, "oversized", "a good chain too large for one TLS record"},
    {chain_kind::expired, "expired", "the leaf ended yesterday"},
    {chain_kind::wrong_name, "wrong-name", "the leaf is for wrong.host.invalid"},
    {chain_kind::missing_intermediate, "missing-intermediate",
     "the leaf alone, without the intermediate that signed it"},
};

// Clocks of clients differ: a chain is valid a day before it is made.
validity valid_for(const chain_options& options) {
    return {options.now - std::chrono::days(1), options.now + options.lifetime};
}

result<identity> link(
    const identity& issuer, const chain_options& options, int number, std::size_t padding) {
    request request;
    request.common_name = fmt::format("helloscope test intermediate {}", number);
    request.valid = valid_for(options);
    request.padding = padding;
    return make_intermediate(issuer, request);
}

result<identity> leaf(
    const identity& issuer, std::vector<std::string> names, const validity& valid) {
    request request;
    if (!names.empty() && names.front().size() <= 64) request.common_name = names.front();
    request.names = std::move(names);
    request.valid = valid;
    return make_leaf(issuer, request);
}

// `padding` bytes in each of `links` intermediates; the leaf is as asked.
result<chain> signed_chain(
    const identity& ca, const chain_options& options, int links, std::size_t padding,
    std::vector<std::string> names, const validity& valid) {
    identity issuer = ca;
    std::vector<certificate> issuers;
    for (int number = 1; number <= links; ++number) {
        auto next = link(issuer, options, number, padding);
        if (!next) return std::unexpected(next.error());
        issuer = std::move(*next);
        issuers.insert(issuers.begin(), issuer.certificate);
    }
    auto end = leaf(issuer, std::move(names), valid);
    if (!end) return std::unexpected(end.error());
    issuers.insert(issuers.begin(), end->certificate);
    return chain{std::move(issuers), std::move(end->key)};
}

result<chain> make_good(const identity& ca, const chain_options& options) {
    return signed_chain(ca, options, 1, 0, options.names, valid_for(options));
}

result<chain> make_oversized(const identity& ca, const chain_options& options) {
    constexpr int links = 4;
    constexpr std::size_t link_size = 470; // of an intermediate without padding, at the least
    const std::size_t each = (options.oversized_bytes + links - 1) / links;
    const std::size_t padding = each > link_size ? each - link_size : 0;
    return signed_chain(ca, options, links, padding, options.names, valid_for(options));
}

result<chain> make_expired(const identity& ca, const chain_options& options) {
    const validity past{options.now - std::chrono::days(31), options.now - std::chrono::days(1)};
    return signed_chain(ca, options, 1, 0, options.names, past);
}

result<chain> make_wrong_name(const identity& ca, const chain_options& options) {
    return signed_chain(ca, options, 1, 0, {"wrong.host.invalid"}, valid_for(options));
}

result<chain> make_missing_intermediate(const identity& ca, const chain_options& options) {
    auto whole = make_good(ca, options);
    if (whole) whole->certificates.resize(1, whole->certificates.front());
    return whole;
}

} // namespace

std::span<const chain_row> chain_rows() { return rows; }

std::optional<chain_kind> parse_chain_kind(std::string_view name) {
    const auto* row = std::ranges::find(rows, name, &chain_row::name);
    return row != std::end(rows) ? std::optional(row->kind) : std::nullopt;
}

result<identity> make_test_ca(const chain_options& options) {
    request request;
    request.common_name = "helloscope test CA";
    request.valid = valid_for(options);
    request.valid.until = options.now +
                          std::max<duration>(options.lifetime, std::chrono::years(10));
    return make_ca(request);
}

result<chain> make_chain(const identity& ca, chain_kind kind, const chain_options& options) {
    switch (kind) {
    case chain_kind::leaf: return make_good(ca, options);
    case chain_kind::oversized: return make_oversized(ca, options);
    case chain_kind::expired: return make_expired(ca, options);
    case chain_kind::wrong_name: return make_wrong_name(ca, options);
    case chain_kind::missing_intermediate: return make_missing_intermediate(ca, options);
    }
    return std::unexpected(failure{"no such chain"});
}

result<std::string> pem(std::span<const certificate> certificates) {
    std::string all;
    for (const certificate& one : certificates) {
        const auto text = one.pem();
        if (!text) return text;
        all += *text;
    }
    return all;
}

} // namespace helloscope::net::x509
