// helloscope serve: the TLS test server, with a chain from files or made on the spot.
#include "certs_folder.hpp"
#include "files.hpp"
#include "helloscope/net/x509/summary.hpp"
#include "helloscope/origin/server.hpp"
#include "log.hpp"
#include "print.hpp"
#include "serve_values.hpp"
#include "subcommand.hpp"
#include "values.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sstream>

namespace helloscope::app {
namespace {

namespace fs = std::filesystem;
namespace x509 = net::x509;

struct serve_options {
    std::string listen = "127.0.0.1:8443";
    std::string cert, key;
    std::string certs, chain = "leaf";
    std::vector<std::string> names{"registry.test", "localhost", "127.0.0.1", "::1"};
    std::string ca_out;
    std::string tls_min = "1.2", tls_max = "1.3";
    std::string ciphers;
    std::string alpn = "http/1.1";
    std::size_t record_size = 16384;
    std::string dir;
    std::string port_file;
    bool json = false;
    log_options log;
};

// The chain to serve, and the file of the CA to trust where one is known.
struct identity_pem {
    std::string chain, key;
    std::string ca_file;
};

result<identity_pem> read_identity(const pem_pair& files, std::string ca_file) {
    const auto chain = read_file(files.certificate);
    if (!chain) return std::unexpected(chain.error());
    const auto key = read_file(files.key);
    if (!key) return std::unexpected(key.error());
    return identity_pem{*chain, *key, std::move(ca_file)};
}

result<identity_pem> read_from_folder(const serve_options& options) {
    const pem_pair files = files_of(options.certs, options.chain);
    if (!fs::exists(files.certificate)) {
        return std::unexpected(failure{fmt::format(
            "{} is missing: make it with helloscope certs --out {} --kind {}",
            files.certificate.string(), options.certs, options.chain)});
    }
    return read_identity(files, files_of(options.certs, "ca").certificate.string());
}

result<identity_pem> make_in_memory(const serve_options& options) {
    x509::chain_options wanted;
    wanted.names = options.names;
    wanted.now = std::chrono::system_clock::now();
    const auto ca = x509::make_test_ca(wanted);
    if (!ca) return std::unexpected(ca.error());
    const auto chain = x509::make_chain(*ca, *x509::parse_chain_kind(options.chain), wanted);
    if (!chain) return std::unexpected(chain.error());
    const auto ca_text = ca->certificate.pem();
    const auto chain_text = x509::pem(chain->certificates);
    const auto key_text = chain->key.pem();
    for (const auto* text : {&ca_text, &chain_text, &key_text}) {
        if (!*text) return std::unexpected(text->error());
    }
    if (!options.ca_out.empty()) {
        const auto written = write_file(options.ca_out, *ca_text, 0644);
        if (!written) return std::unexpected(written.error());
    }
    return identity_pem{*chain_text, *key_text, options.ca_out};
}

result<identity_pem> identity_of(const serve_options& options) {
    if (!options.cert.empty()) return read_identity({options.cert, options.key}, "");
    return options.certs.empty() ? make_in_memory(options) : read_from_folder(options);
}

std::uint16_t version_of(const std::string& text) { // "1.0" to "1.3", checked before
    return static_cast<std::uint16_t>(0x0301 + (text.back() - '0'));
}

std::vector<std::string> protocols_of(const std::string& text) {
    std::vector<std::string> protocols;
    if (text == "none") return protocols;
    std::istringstream all(text);
    for (std::string name; std::getline(all, name, ',');) protocols.push_back(name);
    return protocols;
}

origin::options origin_options_of(const serve_options& options, const identity_pem& identity) {
    origin::options wanted;
    wanted.listen = *parse_endpoint(options.listen);
    wanted.tls.chain = identity.chain;
    wanted.tls.key = identity.key;
    wanted.tls.min_version = version_of(options.tls_min);
    wanted.tls.max_version = version_of(options.tls_max);
    wanted.tls.ciphers = options.ciphers;
    wanted.tls.alpn = protocols_of(options.alpn);
    wanted.tls.record_size = options.record_size;
    wanted.files = options.dir;
    wanted.log = [](const std::string& line) { spdlog::info("{}", line); };
    return wanted;
}

std::string source_of(const serve_options& options) {
    if (!options.cert.empty()) return options.cert;
    return options.certs.empty() ? options.chain + " (made for this run)"
                                 : files_of(options.certs, options.chain).certificate.string();
}

// The name that a client should ask for: the first of the certificate.
std::string name_of(const identity_pem& identity) {
    const auto chain = x509::parse_certificates(identity.chain);
    const auto der = chain ? chain->front().der() : std::unexpected(failure{});
    const auto summary = der ? x509::summarize(*der) : std::unexpected(failure{});
    return summary && !summary->names.empty() ? summary->names.front() : "registry.test";
}

std::string how_to_trust(const identity_pem& identity, const endpoint& at) {
    if (identity.ca_file.empty()) {
        return fmt::format("try:        curl -k https://{}/\n", to_string(at));
    }
    const std::string name = name_of(identity);
    return fmt::format(
        "try:        curl --cacert {} --connect-to {}:{}:{} https://{}:{}/\n", identity.ca_file,
        name, at.port, to_string(at), name, at.port);
}

std::string as_text(
    const serve_options& options, const identity_pem& identity, const endpoint& at) {
    std::string text = fmt::format(
        "listening:  https://{}/\nchain:      {}\n", to_string(at), source_of(options));
    if (options.cert.empty() && identity.ca_file.empty()) {
        text += "trust:      its CA is in memory alone: --ca-out FILE writes it\n";
    }
    return text + how_to_trust(identity, at);
}

std::string as_json(
    const serve_options& options, const identity_pem& identity, const endpoint& at) {
    boost::json::object line{
        {"event", "listening"},
        {"address", to_string(at)},
        {"port", at.port},
        {"chain", source_of(options)}};
    if (!identity.ca_file.empty()) line["ca"] = identity.ca_file;
    return boost::json::serialize(line) + "\n";
}

// Blocked before the server's thread starts, which inherits it: only wait() takes them.
class stop_signals {
  public:
    stop_signals() {
        ::sigemptyset(&signals_);
        ::sigaddset(&signals_, SIGINT);
        ::sigaddset(&signals_, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    }
    void wait() const {
        int number = 0;
        while (::sigwait(&signals_, &number) != 0) {}
    }

  private:
    ::sigset_t signals_{};
};

result<int> run_serve(const serve_options& options) {
    if (version_of(options.tls_min) > version_of(options.tls_max)) {
        throw CLI::ValidationError(
            fmt::format("--tls-min {} is above --tls-max {}", options.tls_min, options.tls_max));
    }
    if (const auto started = start_log(options.log); !started) {
        return std::unexpected(started.error());
    }
    const auto identity = identity_of(options);
    if (!identity) return std::unexpected(identity.error());
    const stop_signals signals;
    auto server = origin::server::start(origin_options_of(options, *identity));
    if (!server) return std::unexpected(server.error());
    const endpoint at = server->address();
    const auto printed = print(
        options.json ? as_json(options, *identity, at) : as_text(options, *identity, at));
    if (!printed) return std::unexpected(printed.error());
    if (!options.port_file.empty()) {
        const auto written = write_port_file(options.port_file, std::array{at.port});
        if (!written) return std::unexpected(written.error());
    }
    signals.wait();
    server->stop();
    return ran;
}

void add_identity_options(CLI::App& command, serve_options& options) {
    constexpr auto group = "Certificate";
    auto* cert = command.add_option("--cert", options.cert, "the chain to serve, leaf first (PEM)");
    auto* key = command.add_option("--key", options.key, "its private key (PEM)");
    cert->type_name("FILE")->needs(key)->group(group);
    key->type_name("FILE")->needs(cert)->group(group);
    std::vector<std::string> kinds;
    for (const auto& row : x509::chain_rows()) kinds.emplace_back(row.name);
    auto* certs = command.add_option(
        "--certs", options.certs, "take the chain from a folder made by helloscope certs");
    certs->type_name("DIR")->check(existing_folder())->excludes(cert)->group(group);
    command
        .add_option(
            "--chain", options.chain,
            "leaf, oversized, expired, wrong-name or missing-intermediate; without --certs it is "
            "made for this run")
        ->type_name("KIND")
        ->check(one_of(kinds))
        ->excludes(cert)
        ->capture_default_str()
        ->group(group);
    command.add_option("--name", options.names, "a name in a chain made for this run; repeatable")
        ->type_name("NAME")
        ->check(server_name())
        ->allow_extra_args(false)
        ->excludes(cert)
        ->excludes(certs)
        ->default_str("registry.test localhost 127.0.0.1 ::1")
        ->group(group);
    command.add_option("--ca-out", options.ca_out, "write the CA made for this run, to be trusted")
        ->type_name("FILE")
        ->excludes(cert)
        ->excludes(certs)
        ->group(group);
}

void add_tls_options(CLI::App& command, serve_options& options) {
    constexpr auto group = "TLS";
    const auto add = [&](const char* name, auto& value, const char* help, const char* type) {
        return command.add_option(name, value, help)->type_name(type)->group(group);
    };
    const std::vector<std::string> versions{"1.0", "1.1", "1.2", "1.3"};
    add("--tls-min", options.tls_min, "the lowest version", "1.0|1.1|1.2|1.3")
        ->check(one_of(versions))
        ->capture_default_str();
    add("--tls-max", options.tls_max, "the highest version", "1.0|1.1|1.2|1.3")
        ->check(one_of(versions))
        ->capture_default_str();
    add("--ciphers", options.ciphers, "OpenSSL's names with ':' between, TLS_… for 1.3", "LIST");
    add("--alpn", options.alpn, "protocols with ',' between, or none; HTTP/1.1 is spoken anyhow",
        "LIST")
        ->capture_default_str();
    add("--record-size", options.record_size, "the most plaintext in one record sent", "N")
        ->check(whole_number(512, 16'384))
        ->capture_default_str();
}

} // namespace

action define_serve(CLI::App& command) {
    const auto options = std::make_shared<serve_options>();
    command.add_option("--listen", options->listen, "where to listen; port 0 picks a free one")
        ->type_name("ADDRESS:PORT")
        ->check(address_and_port())
        ->capture_default_str();
    command.add_option("--dir", options->dir, "serve this folder under /files/")
        ->type_name("DIR")
        ->check(existing_folder());
    command.add_option("--port-file", options->port_file, "write the port there once it accepts")
        ->type_name("FILE");
    command.add_flag("--json", options->json, "print where it listens as JSON");
    add_identity_options(command, *options);
    add_tls_options(command, *options);
    add_log_options(command, options->log);
    command.footer(
        "Paths: / /bytes/N?chunk=SIZE&seed=S /slow/MS /close /files/PATH, POST|PUT /echo /upload.\n"
        "It runs until it is interrupted.\n\n"
        "Examples:\n"
        "  helloscope serve --ca-out ca.pem\n"
        "  helloscope serve --chain oversized --tls-max 1.2\n"
        "  helloscope serve --certs ./certs --chain expired --listen 127.0.0.1:0 --port-file port\n"
        "  helloscope serve --dir ./registry --record-size 1200");
    return [options] { return run_serve(*options); };
}

} // namespace helloscope::app
