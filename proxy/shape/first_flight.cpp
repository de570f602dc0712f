#include "helloscope/shape/first_flight.hpp"

#include "helloscope/wire/tls/client_hello.hpp"
#include "helloscope/wire/tls/handshake_assembler.hpp"
#include "helloscope/wire/tls/names.hpp"
#include "helloscope/wire/tls/record.hpp"

#include <fmt/format.h>

namespace helloscope::shape {

namespace tls = wire::tls;
using kind = first_flight::kind;

namespace {

first_flight another(bytes_view so_far, std::string why) {
    first_flight what;
    what.is = kind::other;
    what.size = so_far.size();
    what.why = std::move(why);
    return what;
}

std::string named(std::string_view name, unsigned number) {
    return name.empty() ? fmt::format("type {}", number) : std::string(name);
}

std::uint32_t size_of_message(bytes_view begun) {
    return tls::handshake_header_size +
           static_cast<std::uint32_t>(begun[1] << 16 | begun[2] << 8 | begun[3]);
}

// Why the handshake bytes so far begin no hello that is waited for; empty if they may.
std::string refuse(bytes_view begun) {
    if (begun.empty()) return "";
    if (begun[0] != static_cast<std::uint8_t>(tls::handshake_type::client_hello))
        return fmt::format(
            "TLS, but the handshake message is {}, not a ClientHello",
            named(tls::handshake_type_name(begun[0]), begun[0]));
    if (begun.size() >= tls::handshake_header_size && size_of_message(begun) > longest_flight)
        return fmt::format(
            "a ClientHello of {} bytes, longer than the {} that are held", size_of_message(begun),
            longest_flight);
    return "";
}

void look_for_name(first_flight& flight, bytes_view message) {
    const auto hello = tls::parse_client_hello(message.subspan(tls::handshake_header_size));
    if (!hello) {
        flight.unknown = to_string(hello.error());
        return;
    }
    if (hello->server_name)
        flight.name = name_place{hello->server_name->offset, hello->server_name->size};
    flight.outer = hello->ech == tls::ech_kind::outer;
}

} // namespace

first_flight read_first_flight(bytes_view so_far) {
    first_flight flight;
    bytes message;
    for (std::size_t at = 0; at < so_far.size();) {
        const auto header = tls::parse_record_header(so_far.subspan(at));
        if (!header && header.error().code == errc::need_more) return flight;
        if (!header) return another(so_far, at == 0 ? "not TLS" : "TLS that breaks off");
        if (!header->is(tls::content_type::handshake))
            return another(
                so_far, fmt::format(
                            "TLS, but a record of {} where the ClientHello should be",
                            named(tls::content_type_name(header->type), header->type)));
        if (flight.records.empty()) flight.version = header->version;
        flight.records.push_back({at, header->length});
        const auto body = so_far.subspan(at + tls::record_header_size);
        const auto came = body.first(std::min<std::size_t>(body.size(), header->length));
        message.insert(message.end(), came.begin(), came.end());
        if (auto why = refuse(message); !why.empty()) return another(so_far, std::move(why));
        at += tls::record_header_size + header->length;
        if (came.size() < header->length) return flight;
        // Records of nothing would go on for ever.
        if (at > longest_flight + (longest_flight >> 2))
            return another(so_far, "a ClientHello in too many records");
        if (message.size() < tls::handshake_header_size) continue;
        flight.message_size = size_of_message(message);
        if (message.size() < flight.message_size) continue;
        flight.is = kind::hello;
        flight.size = at;
        look_for_name(flight, bytes_view(message).first(flight.message_size));
        return flight;
    }
    return flight;
}

} // namespace helloscope::shape
