#include "../chain.hpp"
#include "../parents.hpp"
#include "../remedies.hpp"
#include "rules.hpp"

#include "helloscope/wire/tls/names.hpp"

namespace helloscope::diagnose::rules {
namespace {

enum class sender : std::uint8_t { server, client, either };

// What an alert in the clear means, by who sent it. {server}, {host}, {who}, {alert} and {proxy}
// are filled in.
struct row {
    std::uint8_t alert;
    sender from;
    const char* id;
    const char* summary;
    const char* other; // an id that the alert does not rule out
    const char* advice;
    const char* command;
};

constexpr auto rejected = "The client rejected the certificate of {server} ({alert}).";
constexpr auto client_certificate =
    "{server} rejected the certificate that the client sent ({alert}).";
constexpr auto nothing_shared =
    "{who} found nothing that both sides can use ({alert}): no common cipher suite, group or "
    "signature algorithm.";
constexpr auto look = "openssl s_client{proxy} -connect {server} -servername {host} </dev/null";

constexpr row table[] = {
    {40, sender::either, "no-shared-parameters", nothing_shared, "client-certificate-required",
     "See what it accepts", look},
    {71, sender::either, "no-shared-parameters", nothing_shared, "",
     "The security level of one side forbids what the other offers", look},
    {70, sender::either, "version-refused",
     "{who} does not speak a TLS version that the other side wants ({alert}).", "",
     "See which version it takes", "openssl s_client{proxy} -connect {server} -tls1_2 </dev/null"},
    {112, sender::server, "name-refused",
     "{server} does not know the name {host} that the client asks for ({alert}).", "",
     "Is it the right address for this name?", "getent ahosts {host}"},
    {120, sender::either, "alpn-refused",
     "{who} wants none of the application protocols offered ({alert}).", "", "", ""},
    {116, sender::server, "client-certificate-required",
     "{server} wants a certificate from the client, which sent none ({alert}).", "",
     "Give the client its certificate and key (curl: --cert, --key)", ""},
    {48, sender::client, "certificate-untrusted",
     "The client does not trust who signed the certificate of {server} ({alert}).", "",
     "See which certificate is presented, and by whom", look},
    {45, sender::client, "certificate-expired",
     "The client finds the certificate of {server} expired ({alert}).", "",
     "Look at its dates, and at this machine's clock", look},
    {42, sender::client, "certificate-rejected", rejected, "certificate-wrong-name",
     "Does it carry the name {host}?", look},
    {43, sender::client, "certificate-rejected", rejected, "", "Look at it", look},
    {44, sender::client, "certificate-rejected", rejected, "", "Look at it", look},
    {46, sender::client, "certificate-rejected", rejected, "certificate-untrusted", "Look at it",
     look},
    {42, sender::server, "client-certificate-rejected", client_certificate, "", "", ""},
    {43, sender::server, "client-certificate-rejected", client_certificate, "", "", ""},
    {44, sender::server, "client-certificate-rejected", client_certificate, "", "", ""},
    {45, sender::server, "client-certificate-rejected", client_certificate, "", "", ""},
    {46, sender::server, "client-certificate-rejected", client_certificate, "", "", ""},
    {48, sender::server, "client-certificate-rejected", client_certificate, "", "", ""},
    {50, sender::server, "alert-other", "{server} could not read the ClientHello ({alert}).",
     "split-intolerant", "", ""},
};
constexpr row any{0, sender::either, "alert-other", "{who} ended the handshake ({alert}).", "", "",
                  ""};

const row& row_of(std::uint8_t alert, sender from) {
    for (const auto& one : table)
        if (one.alert == alert && (one.from == from || one.from == sender::either)) return one;
    return any;
}

std::string name_of(std::uint8_t alert) {
    const auto name = wire::tls::alert_name(alert);
    return name.empty() ? fmt::format("alert {}", alert) : fmt::format("alert {} {}", alert, name);
}

template <class List, class Name> std::string names(const List& codes, Name name) {
    std::string out;
    for (const auto code : codes) {
        if (wire::tls::is_grease(code)) continue;
        if (!out.empty()) out += ", ";
        const auto word = name(code);
        out += word.empty() ? fmt::format("0x{:04x}", code) : std::string(word);
    }
    return out;
}

// What was on offer, for the alerts that are about it.
void add_offer(finding& out, const facts& f) {
    if (!f.client_hello) return;
    const auto& hello = *f.client_hello;
    if (out.id == "no-shared-parameters" || out.id == "version-refused")
        says(
            out, "versions offered",
            hello.supported_versions.empty()
                ? "up to " + std::string(wire::tls::version_name(hello.legacy_version))
                : names(hello.supported_versions, wire::tls::version_name));
    if (out.id == "no-shared-parameters") {
        says(out, "cipher suites offered", text_of_number(hello.cipher_suites.size()));
        if (!hello.supported_groups.empty())
            says(out, "groups offered", names(hello.supported_groups, wire::tls::group_name));
    }
    if (out.id == "name-refused")
        says(out, "name offered", hello.server_name ? hello.server_name->host : "none");
    if (out.id == "alpn-refused")
        says(out, "protocols offered", fmt::format("{}", fmt::join(hello.alpn, ", ")));
}

bool is_about_the_certificate(std::string_view id) {
    return id == "certificate-untrusted" || id == "certificate-rejected" ||
           id == "certificate-expired";
}

// What was fetched beside the flow says more than an alert that can mean much.
void refine_by_chain(finding& out, const facts& f) {
    if (!is_about_the_certificate(out.id)) return;
    const auto before = out.id;
    if (const auto id = id_of_chain(f); !id.empty() && out.id == "certificate-rejected") {
        out.id = id;
        out.others.clear();
    } else if (out.id == "certificate-rejected" && chain_verifies(f)) {
        out.id = "certificate-untrusted";
        out.how_sure = certainty::likely;
        out.others.clear();
    }
    if (const auto why = rejected_because(f); !why.empty() && out.id != before)
        out.summary = fmt::format(
            "The client rejected the certificate of {} ({}), {}.", server_of(f),
            name_of(f.client_alert->description), why);
    says_chain(out, f);
    add_chain_remedies(out, f);
    if (out.id == "certificate-untrusted" && f.chain && !f.chain->missing.empty()) return;
    if (out.id == "certificate-untrusted" || out.id == "certificate-rejected") add_trust(out, f);
}

} // namespace

// A peer said itself what it did not like. Warnings count only where the handshake went no further.
std::optional<finding> alert_sent(const facts& f) {
    const auto& sent = f.server_alert ? f.server_alert : f.client_alert;
    if (!sent || (sent->level == 1 && (f.established || !f.over()))) return std::nullopt;
    const auto from = f.server_alert ? sender::server : sender::client;
    const auto& meaning = row_of(sent->description, from);
    const auto server = server_of(f);
    const auto fill = [&](const char* text) {
        return fmt::format(
            fmt::runtime(text), fmt::arg("server", server), fmt::arg("host", host_of(f)),
            fmt::arg("who", from == sender::server ? server : "The client"),
            fmt::arg("alert", name_of(sent->description)), fmt::arg("proxy", openssl_proxy(f)));
    };
    auto out = found(meaning.id, certainty::confirmed, fill(meaning.summary));
    says(
        out, "alert",
        fmt::format(
            "{} from the {}", name_of(sent->description),
            from == sender::server ? "server" : "client"));
    add_offer(out, f);
    if (*meaning.other != '\0') out.others.push_back(meaning.other);
    if (*meaning.advice != '\0')
        out.remedies.push_back(
            {from == sender::server ? "server" : "client", fill(meaning.advice),
             fill(meaning.command)});
    if (from == sender::client) refine_by_chain(out, f);
    return out;
}

} // namespace helloscope::diagnose::rules
