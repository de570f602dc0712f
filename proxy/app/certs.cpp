// helloscope certs: a local CA and test chains, as files.
#include "certs_folder.hpp"
#include "print.hpp"
#include "serve_values.hpp"
#include "subcommand.hpp"
#include "values.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <iterator>

namespace helloscope::app {
namespace {

namespace fs = std::filesystem;
namespace x509 = net::x509;

struct certs_options {
    std::string out = "./certs";
    std::vector<std::string> names{"registry.test", "localhost", "127.0.0.1", "::1"};
    unsigned days = 365;
    std::vector<std::string> kinds{"all"};
    std::size_t oversized_bytes = 20'000;
    bool force = false;
    bool json = false;
};

x509::chain_options chain_options_of(const certs_options& options) {
    x509::chain_options wanted;
    wanted.names = options.names;
    wanted.now = std::chrono::system_clock::now();
    wanted.lifetime = std::chrono::days(options.days);
    wanted.oversized_bytes = options.oversized_bytes;
    return wanted;
}

bool is_wanted(const certs_options& options, std::string_view name) {
    return std::ranges::any_of(
        options.kinds, [&](const auto& kind) { return kind == "all" || kind == name; });
}

result<std::vector<x509::chain_row>> write_chains(
    const certs_options& options, const x509::chain_options& wanted, const x509::identity& ca) {
    std::vector<x509::chain_row> written;
    for (const x509::chain_row& row : x509::chain_rows()) {
        if (!is_wanted(options, row.name)) continue;
        const auto chain = x509::make_chain(ca, row.kind, wanted);
        if (!chain) return std::unexpected(chain.error());
        const auto done = write_chain(options.out, row.name, *chain);
        if (!done) return std::unexpected(done.error());
        written.push_back(row);
    }
    return written;
}

std::string as_text(
    const certs_options& options, const test_ca& ca, std::span<const x509::chain_row> rows) {
    const fs::path ca_file = files_of(options.out, "ca").certificate;
    std::string text;
    const auto line = [&](const fs::path& file, std::string_view what) {
        fmt::format_to(std::back_inserter(text), "{:<40}  {}\n", file.string(), what);
    };
    line(ca_file, ca.made ? "the CA, new: clients have to trust it" : "the CA, as it was");
    for (const auto& row : rows) line(files_of(options.out, row.name).certificate, row.summary);
    fmt::format_to(
        std::back_inserter(text),
        "\nserve one:  helloscope serve --certs {} --chain leaf\n"
        "trust it:   curl --cacert {} …\n",
        options.out, ca_file.string());
    return text;
}

std::string as_json(
    const certs_options& options, const test_ca& ca, std::span<const x509::chain_row> rows) {
    const auto pair = [&](std::string_view name) {
        const pem_pair files = files_of(fs::absolute(options.out).lexically_normal(), name);
        return boost::json::object{
            {"certificate", files.certificate.string()}, {"key", files.key.string()}};
    };
    boost::json::object chains;
    for (const auto& row : rows) chains[{row.name.data(), row.name.size()}] = pair(row.name);
    boost::json::object all{{"ca", pair("ca")}, {"ca_made", ca.made}, {"chains", chains}};
    return boost::json::serialize(all) + "\n";
}

result<int> run_certs(const certs_options& options) {
    const x509::chain_options wanted = chain_options_of(options);
    const auto ca = options.force ? replace_ca(options.out, wanted) : open_ca(options.out, wanted);
    if (!ca) return std::unexpected(ca.error());
    const auto rows = write_chains(options, wanted, ca->identity);
    if (!rows) return std::unexpected(rows.error());
    const auto printed = print(
        options.json ? as_json(options, *ca, *rows) : as_text(options, *ca, *rows));
    if (!printed) return std::unexpected(printed.error());
    return ran;
}

std::vector<std::string> kind_names() {
    std::vector<std::string> names{"all", "ca"};
    for (const auto& row : x509::chain_rows()) names.emplace_back(row.name);
    return names;
}

} // namespace

action define_certs(CLI::App& command) {
    const auto options = std::make_shared<certs_options>();
    command.add_option("--out", options->out, "the folder; made if it is not there")
        ->type_name("DIR")
        ->capture_default_str();
    command.add_option("--name", options->names, "a name or address of the server; repeatable")
        ->type_name("NAME")
        ->check(server_name())
        ->allow_extra_args(false)
        ->default_str("registry.test localhost 127.0.0.1 ::1");
    command.add_option("--days", options->days, "how long the chains are valid")
        ->type_name("N")
        ->check(whole_number(1, 36'500))
        ->capture_default_str();
    command
        .add_option(
            "--kind", options->kinds,
            "what to make: all, ca, leaf, oversized, expired, wrong-name, missing-intermediate; "
            "repeatable")
        ->type_name("KIND")
        ->check(one_of(kind_names()))
        ->allow_extra_args(false)
        ->default_str("all");
    command
        .add_option(
            "--oversized-bytes", options->oversized_bytes, "size of the oversized chain, in DER")
        ->type_name("N")
        ->check(whole_number(4'000, 100'000))
        ->capture_default_str();
    command.add_flag("--force", options->force, "make a new CA even if there is one");
    command.add_flag("--json", options->json, "print the paths as JSON");
    command.footer(
        "A CA that is in the folder is used again, so that what trusts it goes on working.\n\n"
        "Examples:\n"
        "  helloscope certs\n"
        "  helloscope certs --out /tmp/certs --name registry.test --name 10.0.0.7 --days 30\n"
        "  helloscope certs --kind oversized --oversized-bytes 60000 --json");
    return [options] { return run_certs(*options); };
}

} // namespace helloscope::app
