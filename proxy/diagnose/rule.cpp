#include "rule.hpp"

#include "helloscope/wire/tls/names.hpp"

#include <algorithm>
#include <cctype>

namespace helloscope::diagnose {

std::string server_of(const facts& f) {
    if (!f.host.empty()) return to_string(host_port{f.host, f.port});
    return f.server ? to_string(*f.server) : "the server";
}

std::string host_of(const facts& f) {
    if (!f.host.empty()) return f.host;
    return f.server ? to_string(f.server->address) : "the server";
}

std::string peer_of(const facts& f) { return f.parents.empty() ? server_of(f) : f.parents.front(); }

bool gave_up_with(const facts& f, std::initializer_list<std::string_view> errors) {
    return f.answer && std::ranges::any_of(errors, [&](std::string_view error) {
               return f.answer->proxy_status.ends_with(fmt::format("; error={}", error));
           });
}

// getaddrinfo's EAI_NONAME and EAI_NODATA.
bool name_is_unknown(const facts& f) {
    return f.resolve_error.starts_with("Name or service not known") ||
           f.resolve_error.starts_with("No address associated");
}

std::string word(std::string_view text) {
    const auto harmless = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("-._~:/@%+=,").find(c) != std::string_view::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, harmless)) return std::string(text);
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string url_of(std::string_view scheme, const host_port& at) {
    auto where = to_string(at);
    if (at.port == (scheme == "http" ? 80 : 443)) where.resize(where.rfind(':'));
    return fmt::format("{}://{}/", scheme, where);
}

void says(finding& to, std::string name, std::string value) {
    to.facts.push_back({std::move(name), std::move(value)});
}

void says(finding& to, std::string name, const std::optional<std::uint32_t>& value) {
    if (value) says(to, std::move(name), text_of_number(*value));
}

void says_bytes(finding& to, std::string name, const std::optional<std::uint64_t>& value) {
    if (value) says(to, std::move(name), text_of_bytes(*value));
}

std::vector<const model::attempt*> failed_with(
    const facts& f, std::initializer_list<std::string_view> errors) {
    std::vector<const model::attempt*> failed;
    if (f.connected() || !f.parents.empty()) return failed;
    for (const auto& tried : f.attempts)
        if (std::ranges::find(errors, tried.error) != errors.end()) failed.push_back(&tried);
    return failed;
}

void says_failed(finding& to, const std::vector<const model::attempt*>& attempts) {
    for (const auto* tried : attempts) {
        const bool silent = tried->error == "timeout" || tried->error == "ETIMEDOUT";
        auto value = fmt::format(
            "{} {}", silent ? "no answer in" : tried->error + " after", text_of(tried->took));
        if (silent && tried->syn_retransmits)
            value += fmt::format(
                ", SYN sent again {}", text_of_count(*tried->syn_retransmits, "time"));
        if (!tried->reported_by.empty()) value += ", reported by " + tried->reported_by;
        says(to, to_string(tried->address), std::move(value));
    }
}

std::string addresses_of(const std::vector<const model::attempt*>& attempts) {
    std::string out;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        if (i > 0) out += i + 1 == attempts.size() ? " and " : ", ";
        out += to_string(attempts[i]->address);
    }
    return out;
}

std::optional<std::uint64_t> segments_of(const facts& f, std::uint64_t bytes) {
    const auto mss = f.server_leg.snd_mss;
    if (!mss || *mss == 0) return std::nullopt;
    return (bytes + *mss - 1) / *mss;
}

bool handshake_unfinished(const facts& f) {
    return f.connected() && f.client_hello && !f.established && !f.server_alert &&
           !f.client_alert && !f.other_answer;
}

bool unanswered(const facts& f) { return handshake_unfinished(f) && f.from_server == 0; }

void add_smaller_hello(finding& to, const facts& f) {
    if (!f.client_hello || segments_of(f, f.hello_bytes).value_or(2) < 2) return;
    const auto group = f.client_hello->post_quantum_group();
    if (!group) return;
    const auto name = wire::tls::group_name(*group);
    to.remedies.push_back(
        {"client",
         fmt::format(
             "Try a smaller hello: without its {} key share it fits one segment (Go programs, "
             "Bazelisk)",
             name.empty() ? "post-quantum" : name),
         "export GODEBUG=tlsmlkem=0,tlskyber=0"});
}

} // namespace helloscope::diagnose
