#include "rule.hpp"

#include "helloscope/wire/tls/names.hpp"

#include <algorithm>

namespace helloscope::diagnose {

std::string server_of(const facts& f) {
    if (!f.host.empty()) return to_string(host_port{f.host, f.port});
    return f.server ? to_string(*f.server) : "the server";
}

std::string host_of(const facts& f) {
    if (!f.host.empty()) return f.host;
    return f.server ? to_string(f.server->address) : "the server";
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
    if (f.connected()) return failed;
    for (const auto& tried : f.attempts)
        if (std::ranges::find(errors, tried.error) != errors.end()) failed.push_back(&tried);
    return failed;
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
