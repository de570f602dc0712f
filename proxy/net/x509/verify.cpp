#include "helloscope/net/x509/verify.hpp"

#include "helloscope/base/endpoint.hpp"
#include "helloscope/net/x509/summary.hpp"
#include "x509/openssl.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

namespace helloscope::net::x509 {

namespace {

using store_context = owned<X509_STORE_CTX, X509_STORE_CTX_free>;

constexpr std::size_t most_errors = 8;

result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text;
    char piece[4096];
    while (file.read(piece, sizeof piece), file.gcount() > 0)
        text.append(piece, static_cast<std::size_t>(file.gcount()));
    if (file.is_open() && !file.bad()) return text;
    return std::unexpected(failure{std::strerror(errno)});
}

result<void> add(X509_STORE* store, const std::string& ca_file) {
    const auto text = read_file(ca_file);
    if (!text) return std::unexpected(text.error());
    const auto trusted = parse_certificates(*text);
    if (!trusted) return std::unexpected(trusted.error());
    for (const auto& one : *trusted)
        if (X509_STORE_add_cert(store, one.native()) != 1) return openssl_failure("a certificate");
    // Or only self-signed certificates would be the end of a chain, and no server's own.
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    return {};
}

// Notes what is wrong, and goes on.
int note(int fine, X509_STORE_CTX* context) {
    if (fine == 1) return 1;
    auto& errors = *static_cast<std::vector<std::string>*>(X509_STORE_CTX_get_app_data(context));
    std::string words = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
    if (errors.size() < most_errors && std::ranges::find(errors, words) == errors.end())
        errors.push_back(std::move(words));
    return 1;
}

void expect(X509_VERIFY_PARAM* wanted, std::string_view name) {
    X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (const auto address = parse_ip_address(name)) {
        const auto octets = address->view();
        X509_VERIFY_PARAM_set1_ip(wanted, octets.data(), octets.size());
        return;
    }
    if (name.ends_with('.')) name.remove_suffix(1);
    X509_VERIFY_PARAM_set1_host(wanted, name.data(), name.size());
}

bool issued(const certificate& issuer, const certificate& one) {
    return X509_check_issued(issuer.native(), one.native()) == X509_V_OK;
}

std::string issuer_of(const certificate& one) {
    const auto der = one.der();
    const auto known = der ? summarize(*der) : std::unexpected(der.error());
    return known ? known->issuer : std::string();
}

} // namespace

result<roots> roots::make(const std::string& ca_file) {
    roots made;
    made.store_.reset(X509_STORE_new(), X509_STORE_free);
    if (!made.store_) return openssl_failure("cannot make a store of certificates");
    if (ca_file.empty()) {
        X509_STORE_set_default_paths(made.native());
        ERR_clear_error(); // a system may trust nobody
    } else if (const auto added = add(made.native(), ca_file); !added) {
        return std::unexpected(failure{fmt::format(
            "cannot use the CA certificates in {}: {}", ca_file, added.error().message)});
    }
    return made;
}

verification verify_server(
    const roots& trusted, std::span<const certificate> sent, std::string_view name, timestamp now) {
    verification found;
    const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> others(
        sk_X509_new_null(), [](STACK_OF(X509) * all) { sk_X509_free(all); });
    for (const auto& one : sent) sk_X509_push(others.get(), one.native());
    const store_context context(X509_STORE_CTX_new());
    if (!context ||
        X509_STORE_CTX_init(context.get(), trusted.native(), sent.front().native(), others.get()) !=
            1) {
        found.errors.push_back(openssl_failure("cannot verify").error().message);
        return found;
    }
    auto* wanted = X509_STORE_CTX_get0_param(context.get());
    expect(wanted, name);
    X509_VERIFY_PARAM_set_time(
        wanted, static_cast<time_t>(
                    std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()));
    X509_STORE_CTX_set_app_data(context.get(), &found.errors);
    X509_STORE_CTX_set_verify_cb(context.get(), note);
    if (X509_verify_cert(context.get()) < 0 && found.errors.empty())
        found.errors.push_back(openssl_failure("cannot verify").error().message);
    // Of the chain as far as it could be built: nothing above the leaf.
    const auto* chain = X509_STORE_CTX_get0_chain(context.get());
    const bool alone = sk_X509_num(chain) == 1 && !issued(sent.front(), sent.front());
    if (alone && !found.errors.empty() && X509_STORE_CTX_get_num_untrusted(context.get()) > 0)
        found.missing = issuer_of(sent.front());
    ERR_clear_error();
    return found;
}

} // namespace helloscope::net::x509
