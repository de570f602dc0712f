#include "certs_folder.hpp"

#include "files.hpp"
#include "helloscope/net/x509/summary.hpp"

#include <fmt/format.h>

namespace helloscope::app {
namespace {

namespace fs = std::filesystem;
namespace x509 = net::x509;

result<void> write_pair(
    const pem_pair& files, std::span<const x509::certificate> certificates,
    const x509::private_key& key) {
    const auto certificate_text = x509::pem(certificates);
    if (!certificate_text) return std::unexpected(certificate_text.error());
    const auto key_text = key.pem();
    if (!key_text) return std::unexpected(key_text.error());
    if (auto done = write_file(files.key, *key_text, 0600); !done) return done;
    return write_file(files.certificate, *certificate_text, 0644);
}

std::unexpected<failure> unusable(const fs::path& file, std::string_view why) {
    return std::unexpected(failure{
        fmt::format("{}: {}: restore it, or make a new CA with --force", file.string(), why)});
}

result<x509::identity> read_ca(const pem_pair& files) {
    const auto certificate_text = read_file(files.certificate);
    if (!certificate_text) return std::unexpected(certificate_text.error());
    const auto key_text = read_file(files.key);
    if (!key_text) return std::unexpected(key_text.error());
    const auto certificates = x509::parse_certificates(*certificate_text);
    if (!certificates) return unusable(files.certificate, certificates.error().message);
    const auto key = x509::parse_private_key(*key_text);
    if (!key) return unusable(files.key, key.error().message);
    if (!x509::belongs_to(*key, certificates->front())) {
        return unusable(
            files.key, fmt::format("it is not the key of {}", files.certificate.string()));
    }
    return x509::identity{certificates->front(), *key};
}

result<void> check_lifetime(
    const fs::path& file, const x509::certificate& ca, const x509::chain_options& options) {
    const auto der = ca.der();
    if (!der) return std::unexpected(der.error());
    const auto summary = x509::summarize(*der);
    if (!summary) return std::unexpected(summary.error());
    const auto left = std::chrono::floor<std::chrono::days>(summary->not_after - options.now);
    if (summary->not_after >= options.now + options.lifetime) return {};
    if (left.count() < 1) return unusable(file, "the CA has expired");
    return std::unexpected(failure{fmt::format(
        "{}: the CA ends in {} days: ask for at most so many --days, or make a new CA with --force",
        file.string(), left.count())});
}

} // namespace

pem_pair files_of(const fs::path& folder, std::string_view name) {
    return {folder / fmt::format("{}.pem", name), folder / fmt::format("{}.key", name)};
}

result<test_ca> open_ca(const fs::path& folder, const x509::chain_options& options) {
    const pem_pair files = files_of(folder, "ca");
    std::error_code error;
    const bool has_certificate = fs::exists(files.certificate, error);
    const bool has_key = fs::exists(files.key, error);
    if (!has_certificate && !has_key) return replace_ca(folder, options);
    if (!has_certificate) return unusable(files.certificate, "missing, while ca.key is there");
    if (!has_key) return unusable(files.key, "missing, while ca.pem is there");
    auto ca = read_ca(files);
    if (!ca) return std::unexpected(ca.error());
    const auto lasts = check_lifetime(files.certificate, ca->certificate, options);
    if (!lasts) return std::unexpected(lasts.error());
    return test_ca{std::move(*ca), false};
}

result<test_ca> replace_ca(const fs::path& folder, const x509::chain_options& options) {
    auto ca = x509::make_test_ca(options);
    if (!ca) return std::unexpected(ca.error());
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        return std::unexpected(failure{fmt::format(
            "cannot make the folder {}: {}: name another with --out", folder.string(),
            error.message())});
    }
    const x509::certificate certificates[] = {ca->certificate};
    const auto written = write_pair(files_of(folder, "ca"), certificates, ca->key);
    if (!written) return std::unexpected(written.error());
    return test_ca{std::move(*ca), true};
}

result<void> write_chain(const fs::path& folder, std::string_view name, const x509::chain& chain) {
    return write_pair(files_of(folder, name), chain.certificates, chain.key);
}

} // namespace helloscope::app
