#include "rule.hpp"

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

duration silence_of(const facts& f) {
    return f.stalled_for.value_or(f.waited.value_or(duration{}));
}

duration patience_of(const facts& f) {
    constexpr duration settled = std::chrono::milliseconds(1750);
    return std::max(settled, 6 * f.server_leg.min_rtt.value_or(duration{}));
}

bool gap_stands(const model::leg_facts& leg) {
    return leg.in.gap.value_or(leg.in.out_of_order.value_or(0) > 0);
}

std::optional<bool> full_segments_came(const model::leg_facts& leg) {
    if (!leg.in.largest_arrived || !leg.advmss) return std::nullopt;
    return *leg.in.largest_arrived >= *leg.advmss;
}

std::optional<std::uint32_t> stuck_piece(const facts& f, const model::leg_facts& leg) {
    const auto sent = leg.out.sent.value_or(f.hello_bytes);
    if (!leg.snd_mss || !leg.out.acked || *leg.out.acked >= sent) return std::nullopt;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(*leg.snd_mss, sent - *leg.out.acked));
}

// Without SACK the duplicate acknowledgement is the second packet behind the SYN's answer.
bool later_piece_arrived(const model::leg_facts& leg) {
    return leg.out.sacked.value_or(0) > 0 ||
           (leg.out.acked == 0u && leg.in.packets.value_or(0) > 1);
}

bool name_is_within(const facts& f, std::uint64_t from, std::uint64_t size) {
    if (!f.client_hello || !f.client_hello->server_name) return false;
    const auto& name = *f.client_hello->server_name;
    const std::uint64_t at = name.offset + 5u; // behind the header of its record
    return at + name.size > from && at < from + size;
}

std::uint32_t encrypted_alert_size(const facts& f) {
    constexpr std::uint16_t ccm_8 = 0x1305;
    return f.server_hello && f.server_hello->cipher_suite == ccm_8 ? 11 : 19;
}

std::uint32_t finished_size(const facts& f) {
    constexpr std::uint16_t sha_384 = 0x1302;
    const bool longer = f.server_hello && f.server_hello->cipher_suite == sha_384;
    return encrypted_alert_size(f) - 2 + 4 + (longer ? 48 : 32);
}

bool sized_as_alert(const facts& f, std::uint32_t length) {
    return length >= encrypted_alert_size(f) && length < finished_size(f);
}

// A client without a certificate sends an empty one, short as well, and then its Finished.
bool alert_instead_of_finished(const facts& f) {
    if (!f.server_hello || !f.client_first_encrypted || !f.client_hello || !f.over() ||
        !is_tls13(f.server_hello->version) || f.client_hello->early_data)
        return false;
    return *f.client_first_encrypted == encrypted_alert_size(f) ||
           (sized_as_alert(f, *f.client_first_encrypted) && f.client_encrypted_count == 1);
}

void may_be(finding& to, std::string id) {
    if (std::ranges::find(to.others, id) == to.others.end()) to.others.push_back(std::move(id));
}

} // namespace helloscope::diagnose
