#include "helloscope/wire/tls/conversation.hpp"

namespace helloscope::wire::tls {

namespace {

handshake_message parse_message(const assembled_message& raw) {
    handshake_message message{raw, other_message{}};
    const auto keep = [&](auto parsed) {
        if (parsed)
            message.content = std::move(*parsed);
        else
            message.content = parsed.error();
    };
    if (raw.truncated) return message;
    if (raw.is(handshake_type::client_hello)) keep(parse_client_hello(raw.body));
    if (raw.is(handshake_type::server_hello)) keep(parse_server_hello(raw.body));
    if (raw.is(handshake_type::certificate)) keep(parse_certificate(raw.body));
    return message;
}

} // namespace

void conversation::feed(direction way, bytes_view input, conversation_sink& sink) {
    auto& from = side(way);
    while (const auto piece = from.walker.next(input)) take(way, *piece, sink);
    if (from.walker.lost() && !from.lost) {
        from.lost = true;
        sink.on_lost(way, *from.walker.lost());
    }
}

void conversation::skip(direction way, std::uint64_t n, conversation_sink& sink) {
    auto& from = side(way);
    if (n == 0) return;
    const auto& header = from.walker.current();
    if (header.is(content_type::handshake) && clear(from, header)) from.assembler.lose();
    if (header.is(content_type::alert)) from.alert_level.reset();
    if (const auto piece = from.walker.skip(n)) take(way, *piece, sink);
}

bool conversation::encrypted(direction way) const {
    if (!version_) return false;
    return is_tls13(*version_) ? server_hello_seen_ : side(way).change_cipher_spec;
}

bool conversation::looks_like_tls() const {
    return started(direction::to_server) || started(direction::to_client) ||
           side(direction::to_server).walker.sslv2();
}

// Application data never goes before keys, so it is encrypted even while the version is unknown,
// and in TLS 1.3 all that is encrypted looks like it. Up to TLS 1.2 a CCS turns its direction
// encrypted; in TLS 1.3 it means nothing, and a second ClientHello in the clear may follow it.
bool conversation::clear(const side_state& side, const record_header& header) const {
    if (header.is(content_type::application_data)) return false;
    return !side.change_cipher_spec || (version_ && is_tls13(*version_));
}

void conversation::take(direction way, const piece& piece, conversation_sink& sink) {
    auto& from = side(way);
    const bool readable = clear(from, piece.header);
    sink.on_piece(way, piece, readable);
    if (readable && piece.header.is(content_type::handshake)) read_handshake(way, piece.body, sink);
    if (readable && piece.header.is(content_type::alert)) read_alerts(way, piece.body, sink);
    if (!piece.last) return;

    sink.on_record(way, piece.header, piece.offset, readable);
    if (piece.header.is(content_type::change_cipher_spec)) from.change_cipher_spec = true;
    if (encrypted(way)) from.assembler.lose(); // and its buffer
}

void conversation::read_handshake(direction way, bytes_view body, conversation_sink& sink) {
    while (const auto raw = side(way).assembler.next(body)) {
        auto message = parse_message(*raw);
        const auto* hello = std::get_if<server_hello>(&message.content);
        if (hello && way == direction::to_client) {
            version_ = hello->version;
            server_hello_seen_ |= !hello->hello_retry_request;
        }
        sink.on_handshake(way, std::move(message));
    }
}

void conversation::read_alerts(direction way, bytes_view body, conversation_sink& sink) {
    auto& level = side(way).alert_level;
    for (const auto byte : body) {
        if (!level) {
            level = byte;
            continue;
        }
        sink.on_alert(way, alert{*level, byte});
        level.reset();
    }
}

} // namespace helloscope::wire::tls
