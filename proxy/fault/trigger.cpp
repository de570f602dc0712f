#include "trigger.hpp"

#include "helloscope/wire/tls/handshake_assembler.hpp"
#include "helloscope/wire/tls/names.hpp"
#include "values.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

using wire::tls::handshake_type;
using what = trigger::at;

constexpr std::string_view record_word = "record:";

constexpr handshake_type of_clients[] = {
    handshake_type::client_hello, handshake_type::end_of_early_data,
    handshake_type::client_key_exchange};
constexpr handshake_type of_servers[] = {
    handshake_type::hello_request,       handshake_type::server_hello,
    handshake_type::new_session_ticket,  handshake_type::encrypted_extensions,
    handshake_type::server_key_exchange, handshake_type::certificate_request,
    handshake_type::server_hello_done,   handshake_type::certificate_status};

bool is_in(std::span<const handshake_type> list, std::int64_t type) {
    for (const auto one : list)
        if (static_cast<std::int64_t>(one) == type) return true;
    return false;
}

std::optional<std::int64_t> type_named(
    std::string_view (*name)(std::uint8_t), std::string_view text) {
    for (unsigned type = 0; type < 256; ++type)
        if (name(static_cast<std::uint8_t>(type)) == text) return type;
    return std::nullopt;
}

std::optional<trigger> from_the_name(std::string_view text) {
    if (text == "sni") return trigger{what::sni, 0, {}};
    if (text == "midsni") return trigger{what::midsni, 0, {}};
    if (text.size() < 5 || (text[3] != '+' && text[3] != '-')) return std::nullopt;
    const auto bytes = parse_value(unit::count, text.substr(4));
    if (!bytes) return std::nullopt;
    return trigger{what::sni, text[3] == '-' ? -*bytes : *bytes, {}};
}

std::string from_the_name(std::int64_t bytes) {
    return bytes == 0 ? "sni" : fmt::format("sni{:+}", bytes);
}

} // namespace

std::optional<direction> trigger::way() const {
    if (what == at::sni || what == at::midsni) return direction::to_server;
    if (what != at::message) return std::nullopt;
    if (is_in(of_clients, number)) return direction::to_server;
    if (is_in(of_servers, number)) return direction::to_client;
    return std::nullopt;
}

std::optional<trigger> parse_trigger(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (text.starts_with(record_word)) {
        const auto number = parse_value(unit::count, text.substr(record_word.size()));
        if (!number || *number < 1) return std::nullopt;
        return trigger{what::record, *number, {}};
    }
    if (text.starts_with("sni") || text == "midsni") return from_the_name(text);
    if (const auto type = type_named(wire::tls::handshake_type_name, text))
        return trigger{what::message, *type, {}};
    if (const auto type = type_named(wire::tls::content_type_name, text))
        return trigger{what::content, *type, {}};
    if (const auto bytes = parse_value(unit::bytes, text)) return trigger{what::byte, *bytes, {}};
    if (const auto after = parse_value(unit::time, text))
        return trigger{what::time, 0, duration(*after)};
    return std::nullopt;
}

std::string to_string(const trigger& when) {
    const auto type = static_cast<std::uint8_t>(when.number);
    switch (when.what) {
    case what::first_byte: break;
    case what::byte: return text_of(unit::bytes, when.number);
    case what::record: return fmt::format("{}{}", record_word, when.number);
    case what::content: return std::string(wire::tls::content_type_name(type));
    case what::message: return std::string(wire::tls::handshake_type_name(type));
    case what::sni: return from_the_name(when.number);
    case what::midsni: return "midsni";
    case what::time: return text_of(unit::time, when.after.count());
    }
    return "";
}

std::string_view looks_of_trigger() {
    return "a number of bytes (1460, 64KiB), record:N, a handshake message (server_hello), a "
           "content type (application_data), sni, sni+N, sni-N, midsni or a time (2s)";
}

} // namespace helloscope::fault
