#include "helloscope/net/x509/chains.hpp"

#include "helloscope/net/x509/summary.hpp"

#include "support/catch.hpp"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

using namespace helloscope;
using namespace helloscope::net::x509;

namespace {

const timestamp now{std::chrono::seconds(1'795'213'175)};

chain_options options_for(std::size_t oversized_bytes = 20'000) {
    chain_options options;
    options.names = {"registry.test", "127.0.0.1"};
    options.now = now;
    options.oversized_bytes = oversized_bytes;
    return options;
}

// What a client that trusts only `ca` and asked for registry.test makes of the chain.
int verify(const identity& ca, const chain& chain) {
    const std::unique_ptr<X509_STORE, void (*)(X509_STORE*)> store(
        X509_STORE_new(), X509_STORE_free);
    X509_STORE_add_cert(store.get(), ca.certificate.native());
    STACK_OF(X509)* others = sk_X509_new_null();
    for (const certificate& one : chain.certificates) sk_X509_push(others, one.native());
    const std::unique_ptr<X509_STORE_CTX, void (*)(X509_STORE_CTX*)> context(
        X509_STORE_CTX_new(), X509_STORE_CTX_free);
    X509_STORE_CTX_init(context.get(), store.get(), chain.certificates.front().native(), others);
    X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set1_host(wanted, "registry.test", 0);
    X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(
        wanted,
        std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(now)));
    X509_verify_cert(context.get());
    const int error = X509_STORE_CTX_get_error(context.get());
    sk_X509_free(others);
    return error;
}

std::size_t der_size(const chain& chain) {
    std::size_t all = 0;
    for (const certificate& one : chain.certificates) all += one.der()->size();
    return all;
}

} // namespace

TEST_CASE("each chain fails in its own way, and the good ones not at all") {
    struct row {
        chain_kind kind;
        int error;
        std::size_t certificates;
    };
    const row rows[] = {
        {chain_kind::leaf, X509_V_OK, 2},
        {chain_kind::oversized, X509_V_OK, 5},
        {chain_kind::expired, X509_V_ERR_CERT_HAS_EXPIRED, 2},
        {chain_kind::wrong_name, X509_V_ERR_HOSTNAME_MISMATCH, 2},
        {chain_kind::missing_intermediate, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 1},
    };
    const identity ca = make_test_ca(options_for()).value();
    for (const auto& [kind, error, certificates] : rows) {
        const chain chain = make_chain(ca, kind, options_for()).value();
        INFO(static_cast<int>(kind));
        CHECK(verify(ca, chain) == error);
        CHECK(chain.certificates.size() == certificates);
        CHECK(belongs_to(chain.key, chain.certificates.front()));
        CHECK(parse_certificates(pem(chain.certificates).value())->size() == certificates);
    }
}

TEST_CASE("the oversized chain has the size that was asked for") {
    const identity ca = make_test_ca(options_for()).value();
    for (const std::size_t bytes : {4'000u, 16'385u, 20'000u, 60'000u, 100'000u}) {
        const auto size = der_size(
            make_chain(ca, chain_kind::oversized, options_for(bytes)).value());
        CHECK(size >= bytes);
        CHECK(size <= bytes + 2'048);
    }
}

TEST_CASE("every kind has a row, and its name reads back") {
    CHECK(chain_rows().size() == 5);
    for (const chain_row& row : chain_rows()) CHECK(parse_chain_kind(row.name) == row.kind);
    CHECK_FALSE(parse_chain_kind("wrong_name"));
}

TEST_CASE("the CA outlives its chains, long ones too") {
    chain_options options = options_for();
    for (const auto days : {1, 365, 20'000}) {
        options.lifetime = std::chrono::days(days);
        const auto ca = summarize(make_test_ca(options)->certificate.der().value()).value();
        CHECK(ca.not_after >= now + options.lifetime);
        CHECK(ca.self_signed);
    }
}

TEST_CASE("a long first name has no place in the subject, and is still served") {
    chain_options options = options_for();
    options.names = {std::string(60, 'a') + ".registry.test"};
    const identity ca = make_test_ca(options).value();
    const chain chain = make_chain(ca, chain_kind::leaf, options).value();
    const auto seen = summarize(chain.certificates.front().der().value()).value();
    CHECK(seen.subject == "O=helloscope test");
    CHECK(seen.names == options.names);
}
