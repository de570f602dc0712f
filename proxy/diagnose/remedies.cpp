#include "remedies.hpp"

#include "helloscope/wire/tls/names.hpp"
#include "parents.hpp"
#include "trials.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace helloscope::diagnose {
namespace {

using wire::tls::client_kind;

// Programs that say who they are, before what their library says of them.
enum class program : std::uint8_t { unknown, curl, git, wget, node, python, bazel };

program program_of(const facts& f) {
    constexpr std::pair<std::string_view, program> known[] = {
        {"curl/", program::curl},    {"git/", program::git},      {"Wget/", program::wget},
        {"node", program::node},     {"undici", program::node},   {"npm/", program::node},
        {"python", program::python}, {"Python", program::python}, {"pip/", program::python},
        {"Bazel/", program::bazel},  {"Java/", program::bazel},
    };
    for (const auto& [agent, which] : known)
        if (f.user_agent.starts_with(agent)) return which;
    return program::unknown;
}

// How this client is told not to offer the group.
model::remedy without_post_quantum(const facts& f, std::uint16_t group, const std::string& why) {
    constexpr std::uint16_t kyber_draft = 0x6399;
    switch (program_of(f)) {
    case program::curl: return {"client", why, "curl --curves X25519:P-256"};
    case program::git: return {"client", why, "git -c http.sslCurves=X25519:P-256"};
    default: break;
    }
    switch (f.client_kind) {
    case client_kind::go:
        return {
            "client", why,
            group == kyber_draft ? "export GODEBUG=tlskyber=0" : "export GODEBUG=tlsmlkem=0"};
    case client_kind::openssl:
        return {
            "client", why,
            "printf 'openssl_conf=a\\n[a]\\nssl_conf=b\\n[b]\\nsystem_default=c\\n[c]\\n"
            "Groups=X25519:P-256\\n' >small.cnf; export OPENSSL_CONF=$PWD/small.cnf"};
    case client_kind::nss:
        return {"client", why + ": security.tls.enable_kyber = false in about:config", ""};
    case client_kind::boringssl:
        return {
            "client",
            why + ": the policy PostQuantumKeyAgreementEnabled, where this version has it", ""};
    case client_kind::java: return {"client", why, "-Djdk.tls.namedGroups=x25519,secp256r1"};
    case client_kind::gnutls:
        return {"client", why + ": without its group in the GnuTLS priority string", ""};
    default: return {"client", why + ": leave its group out of those it offers", ""};
    }
}

// The number in "mss:1360" or, for this family, in "mtu:1400".
std::optional<std::uint32_t> mss_of(std::string_view shape, bool v6) {
    for (const auto& [word, less] :
         {std::pair<std::string_view, std::uint32_t>{"mss:", 0}, {"mtu:", v6 ? 60 : 40}}) {
        const auto at = shape.find(word);
        if (at == std::string_view::npos) continue;
        std::uint32_t size = 0;
        const auto digits = shape.substr(at + word.size());
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size);
        if (read.ec == std::errc() && size > less) return size - less;
    }
    return std::nullopt;
}

} // namespace

std::string client_of(const facts& f) {
    switch (program_of(f)) {
    case program::curl: return "curl";
    case program::git: return "git";
    case program::wget: return "wget";
    case program::node: return "Node";
    case program::python: return "Python";
    case program::bazel: return "Bazel's JVM";
    case program::unknown: break;
    }
    if (f.client_kind == client_kind::go) return "Bazelisk and other Go programs";
    return std::string(to_string(f.client_kind));
}

std::optional<std::uint64_t> size_without_post_quantum(const facts& f) {
    if (!f.client_hello) return std::nullopt;
    const auto group = f.client_hello->post_quantum_group();
    if (!group) return std::nullopt;
    std::uint64_t share = 2; // its place among the groups
    for (const auto& one : f.client_hello->key_shares)
        if (one.group == *group) share += one.size + 4u; // RFC 8446 section 4.2.8
    if (f.hello_bytes <= share) return std::nullopt;
    return f.hello_bytes - share;
}

void add_smaller_hello(finding& to, const facts& f) {
    const auto smaller = size_without_post_quantum(f);
    if (!smaller || segments_of(f, f.hello_bytes).value_or(2) < 2 ||
        segments_of(f, *smaller).value_or(1) > 1)
        return;
    const auto group = *f.client_hello->post_quantum_group();
    const auto name = wire::tls::group_name(group);
    const auto who = client_of(f);
    to.remedies.push_back(without_post_quantum(
        f, group,
        fmt::format(
            "Without its {} key share the hello has {} instead of {} and fits one segment{}",
            name.empty() ? "post-quantum" : name, text_of_bytes(*smaller),
            text_of_number(f.hello_bytes), who.empty() ? "" : " (" + who + ")")));
}

std::uint32_t mss_below(const facts& f, std::optional<std::uint32_t> lost) {
    const bool v6 = f.server_leg.v6;
    std::optional<std::uint32_t> passed; // the largest that did
    for (const auto& one : trials_of(f))
        if (one.answered && one.what == change::smaller_segments)
            passed = std::max(passed, mss_of(one.how, v6));
    if (passed) return *passed;
    constexpr std::array<std::uint32_t, 3> ladder{1400, 1280, 576}; // packets
    const std::uint32_t ip_and_tcp = v6 ? 60 : 40;
    const std::uint32_t options = f.server_leg.headers() - ip_and_tcp;
    for (const auto packet : ladder)
        if (!lost || packet - ip_and_tcp - options < *lost) return packet - ip_and_tcp;
    return ladder.back() - ip_and_tcp;
}

void add_clamp(finding& to, const facts& f, std::optional<std::uint32_t> lost) {
    const auto mss = mss_below(f, lost);
    to.remedies.push_back(
        {"helloscope",
         fmt::format("Keep segments both ways to {} on the leg to the server", text_of_bytes(mss)),
         fmt::format("helloscope run --mss {}", mss)});
    if (!f.heals)
        to.remedies.push_back(
            {"helloscope", "Or let it find out by itself what passes", "helloscope run --heal"});
}

void add_host_mtu(finding& to, const facts& f, std::optional<std::uint32_t> lost, bool we_send) {
    if (!f.server) return;
    const bool v6 = f.server_leg.v6;
    const auto mtu = mss_below(f, lost) + (v6 ? 60 : 40);
    const auto address = to_string(f.server->address);
    const std::string_view ip = v6 ? "ip -6" : "ip";
    to.remedies.push_back(
        {"host",
         fmt::format("Without helloscope: packets of {} at most on this route", text_of_bytes(mtu)),
         fmt::format(
             "sudo {0} route replace {1} $({0} -o route get {1} | grep -oE '(via [^ ]+ )?dev [^ "
             "]+') "
             "mtu {2} advmss {3}",
             ip, address, mtu, mtu - (v6 ? 60 : 40))});
    const bool off = !f.settings || f.settings->tcp_mtu_probing.value_or(0) == 0;
    if (we_send && off)
        to.remedies.push_back(
            {"host", "Or let the kernel try smaller segments by itself; it does after about 3 s",
             "sudo sysctl -w net.ipv4.tcp_mtu_probing=1"});
}

void add_network_mtu(finding& to, const facts& f) {
    const bool v6 = f.server_leg.v6;
    to.remedies.push_back(
        {"network",
         v6 ? "Let ICMPv6 \"packet too big\" (type 2) pass, on every firewall of the path"
            : "Let ICMP \"fragmentation needed\" (type 3 code 4) pass, on every firewall of the "
              "path",
         v6 ? "sudo ip6tables -I FORWARD -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT"
            : "sudo iptables -I FORWARD -p icmp --icmp-type fragmentation-needed -j ACCEPT"});
    to.remedies.push_back(
        {"network",
         "Or clamp the MSS where the path narrows (VPN, tunnel, container bridge), with nft or "
         "iptables",
         "sudo nft add rule inet filter forward tcp flags syn tcp option maxseg size set rt mtu"});
    to.remedies.push_back(
        {"network", "",
         fmt::format(
             "sudo {} -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS "
             "--clamp-mss-to-pmtu",
             v6 ? "ip6tables" : "iptables")});
}

void add_trust(finding& to, const facts& f) {
    constexpr auto if_company = "If a company's proxy signs it, trust its CA";
    const auto client = [&](std::string_view how, std::string command) {
        to.remedies.push_back({"client", fmt::format("{}{}", if_company, how), std::move(command)});
    };
    switch (program_of(f)) {
    case program::curl: return client(" (curl)", "export CURL_CA_BUNDLE=/path/to/ca-bundle.pem");
    case program::git: return client(" (git)", "export GIT_SSL_CAINFO=/path/to/ca-bundle.pem");
    case program::node: return client(" (Node)", "export NODE_EXTRA_CA_CERTS=/path/to/ca.pem");
    case program::python:
        return client(
            " (Python)", "export SSL_CERT_FILE=/path/to/ca-bundle.pem "
                         "REQUESTS_CA_BUNDLE=/path/to/ca-bundle.pem");
    default: break;
    }
    switch (f.client_kind) {
    case client_kind::java:
        return client(
            " (Bazel: as startup options)",
            "bazel --host_jvm_args=-Djavax.net.ssl.trustStore=/path/to/truststore.jks "
            "--host_jvm_args=-Djavax.net.ssl.trustStorePassword=changeit");
    case client_kind::nss:
        return client(": security.enterprise_roots.enabled = true in about:config", "");
    case client_kind::boringssl:
        return client(
            " (Chromium)",
            "certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n company-ca -i /path/to/ca.pem");
    case client_kind::go:
        return client(
            "; the file replaces the system's roots, so it must hold those, too (Go)",
            "export SSL_CERT_FILE=/path/to/ca-bundle.pem");
    case client_kind::openssl:
        return client(" (OpenSSL)", "export SSL_CERT_FILE=/path/to/ca-bundle.pem");
    default: break;
    }
    to.remedies.push_back(
        {"host", fmt::format("{} on this machine", if_company),
         "sudo cp ca.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates"});
}

std::string openssl_look(const facts& f) {
    return fmt::format(
        "openssl s_client{} -connect {} -servername {} -showcerts </dev/null", openssl_proxy(f),
        word(server_of(f)), word(host_of(f)));
}

} // namespace helloscope::diagnose
