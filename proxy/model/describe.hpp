// The fields of each event, once: its JSON is written, read and documented by visiting them.
// visit(name, value, meaning): names follow tshark's fields where it has one. Code points of TLS go
// through hex, so that "0x11ec" reads as in the RFCs, or through named. An empty optional, string
// or list is left out of the JSON.
#pragma once

#include "helloscope/model/event.hpp"
#include "helloscope/wire/tls/names.hpp"

#include <concepts>

namespace helloscope::model {

template <class T, class U>
concept of = std::same_as<std::remove_const_t<T>, U>;

// A 16 bit number, or a list of them, that JSON shows as "0x1301".
template <class T> struct hex { T& value; };
template <class T> hex(T&) -> hex<T>;

// A code point that JSON shows by its name, or as a number when it has none.
template <class T> struct named {
    T& value;
    std::string_view (*name)(std::uint8_t);
};
template <class T> named(T&, std::string_view (*)(std::uint8_t)) -> named<T>;

// Bytes that JSON shows as hex digits.
template <class T> struct octets { T& value; };
template <class T> octets(T&) -> octets<T>;

// What JSON leaves out when it is empty.
template <class T> inline constexpr bool may_be_empty = false;
template <> inline constexpr bool may_be_empty<std::string> = true;
template <class T> inline constexpr bool may_be_empty<std::optional<T>> = true;
template <class T> inline constexpr bool may_be_empty<known<T>> = true;
template <class T> inline constexpr bool may_be_empty<std::vector<T>> = true;
template <class T> inline constexpr bool may_be_empty<std::shared_ptr<T>> = true;
template <class T>
inline constexpr bool may_be_empty<hex<T>> = may_be_empty<std::remove_const_t<T>>;
template <class T>
inline constexpr bool may_be_empty<octets<T>> = may_be_empty<std::remove_const_t<T>>;

template <class T> bool is_empty(const T& value) {
    if constexpr (!may_be_empty<T>)
        return false;
    else if constexpr (requires { value.value.size(); })
        return value.value.empty();
    else if constexpr (requires { value.value.has_value(); })
        return !value.value.has_value();
    else if constexpr (requires { value.empty(); })
        return value.empty();
    else
        return !value;
}

template <class V> void describe(V& visit, of<recording_opened> auto& e) {
    visit("helloscope", e.helloscope, "version of the program that recorded");
    visit("schema", e.schema, "version of these events");
    visit("packets", e.packets, "synthesized (from reads and writes) or captured");
    visit("payload", e.payload, "handshake (nothing secret) or all");
    visit("detail", e.detail, "runs or all: whether each record is told singly");
}

template <class V> void describe(V& visit, of<lost> auto& e) {
    visit("events", e.events, "events that were not recorded");
    visit("packets", e.packets, "packets that were not recorded");
    visit("reason", e.reason, "why");
}

template <class V> void describe(V& visit, of<flow_opened> auto& e) {
    visit("client", e.client, "address of the client");
    visit("listener", e.listener, "address it connected to");
}

template <class V> void describe(V& visit, of<proxy_protocol> auto& e) {
    visit("leg", e.of, "client: it came; server: we sent it");
    visit("version", e.version, "version of the PROXY protocol, 1 or 2");
    visit("source", e.source, "the real client; none: the header names nobody");
    visit("destination", e.destination, "what the real client connected to");
}

template <class V> void describe(V& visit, of<head_field> auto& e) {
    visit("name", e.name, "name of the header field");
    visit("length", e.length, "bytes of its value");
    visit("value", e.value, "only of fields that hold no secret");
}

template <class V> void describe(V& visit, of<requested> auto& e) {
    visit("front", e.front, "how the client asked, or what it sent instead");
    visit("method", e.method, "request method");
    visit("host", e.host, "name or literal asked for");
    visit("port", e.port, "port asked for");
    visit("protocol", e.protocol, "version of the front's protocol");
    visit("length", e.length, "bytes of the request head");
    visit("headers", e.headers, "its header fields");
}

template <class V> void describe(V& visit, of<routed> auto& e) {
    visit("parents", e.parents, "parent proxies, the nearest first; none: direct");
    visit("source", e.source, "flag or variable that chose it; none: nobody named a parent");
    visit("route", e.route, "the route that applies");
    visit("shape", e.shape, "how the first flight is to be sent");
    visit("faults", e.faults, "what is broken on purpose");
    visit("heals", e.heals, "whether another attempt is made beside one that is stuck");
}

template <class V> void describe(V& visit, of<resolved> auto& e) {
    visit("host", e.host, "name that was looked up");
    visit("addresses", e.addresses, "what it resolved to, in the order they are tried");
    visit("source", e.source, "dns, literal, --resolve or --connect-to");
    visit("took", e.took, "seconds");
    visit("error", e.error, "why there is no address");
}

template <class V> void describe(V& visit, of<connecting> auto& e) {
    visit("address", e.address, "address that is tried");
}

template <class V> void describe(V& visit, of<connected> auto& e) {
    visit("address", e.address, "address that answered");
    visit("local", e.local, "our address on the server leg");
    visit("took", e.took, "seconds");
    visit("syn_retransmits", e.syn_retransmits, "SYNs sent again");
}

template <class V> void describe(V& visit, of<connect_failed> auto& e) {
    visit("address", e.address, "address that was tried");
    visit("took", e.took, "seconds");
    visit("syn_retransmits", e.syn_retransmits, "SYNs sent again");
    visit("error", e.error, "errno's name, or timeout");
    visit("reported_by", e.reported_by, "who sent the ICMP error");
}

template <class V> void describe(V& visit, of<parent_answered> auto& e) {
    visit("parent", e.parent, "the parent proxy");
    visit("status", e.status, "its HTTP status, or its SOCKS reply");
    visit("reason", e.reason, "its own words, or what was wrong");
    visit("took", e.took, "seconds");
    visit(
        "error", e.error,
        "unless it let us through: refused, auth, garbled, closed, silent, broken, tls or "
        "unreachable");
}

template <class V> void describe(V& visit, of<answered> auto& e) {
    visit("status", e.status, "HTTP status of our answer to the client");
    visit("reason", e.reason, "its reason phrase");
    visit("proxy_status", e.proxy_status, "its Proxy-Status (RFC 9209)");
}

template <class V> void describe(V& visit, of<exchanged> auto& e) {
    visit("method", e.method, "request method");
    visit("status", e.status, "HTTP status of the response");
    visit("request_bytes", e.request_bytes, "bytes of the request's body");
    visit("response_bytes", e.response_bytes, "bytes of the response's body");
    visit("took", e.took, "seconds");
}

template <class V> void describe(V& visit, of<bytes_read> auto& e) {
    visit("dir", e.dir, "direction");
    visit("offset", e.offset, "of the first byte in the direction's stream");
    visit("length", e.length, "bytes that belong to no TLS record");
    visit("reads", e.reads, "reads that brought them");
}

template <class V> void describe(V& visit, of<record> auto& e) {
    visit("dir", e.dir, "direction");
    visit("content_type", named{e.content_type, wire::tls::content_type_name}, "content type");
    visit("version", hex{e.version}, "its legacy_record_version");
    visit("length", e.length, "its length field: bytes behind the header");
    visit("offset", e.offset, "of its header in the direction's stream");
    visit("first", e.first, "when its header was complete");
    visit("encrypted", e.encrypted, "whether its content is encrypted");
    visit("cut_at", e.cut_at, "bytes that came, when the stream ended inside it");
}

template <class V> void describe(V& visit, of<records::run> auto& e) {
    visit("length", e.length, "length field of each of these records");
    visit("count", e.count, "how many follow each other");
}

template <class V> void describe(V& visit, of<records> auto& e) {
    visit("dir", e.dir, "direction");
    visit("version", hex{e.version}, "legacy_record_version");
    visit("offset", e.offset, "of the first record's header in the direction's stream");
    visit("count", e.count, "application_data records in the run");
    visit("bytes", e.bytes, "their bytes, with headers");
    visit("first", e.first, "when the first header was complete");
    visit("lengths", e.lengths, "length fields in order, run-length coded");
}

template <class V> void describe(V& visit, of<wire::tls::extension> auto& e) {
    visit("id", e.id, "extension type");
    visit("size", e.size, "bytes of its data");
    visit("offset", e.offset, "of its data in the handshake message");
}

template <class V> void describe(V& visit, of<wire::tls::server_name> auto& e) {
    visit("host", e.host, "name the client asks the server for (SNI)");
    visit("offset", e.offset, "of the name in the handshake message");
    visit("size", e.size, "bytes of the name");
}

template <class V> void describe(V& visit, of<wire::tls::key_share_entry> auto& e) {
    visit("group", hex{e.group}, "named group");
    visit("size", e.size, "bytes of its key exchange");
}

template <class V> void describe(V& visit, of<wire::tls::offered_psks> auto& e) {
    visit("identities", e.identities, "tickets offered");
    visit("binders", e.binders, "their binders");
}

template <class V> void describe(V& visit, of<wire::tls::client_hello> auto& e) {
    visit("size", e.size, "bytes of the message, with its header");
    visit("version", hex{e.legacy_version}, "legacy_version");
    visit("random", octets{e.random}, "random");
    visit("session_id_size", e.legacy_session_id_size, "bytes of legacy_session_id");
    visit("cipher_suites", hex{e.cipher_suites}, "in order, GREASE included");
    visit("compression_methods", e.legacy_compression_methods, "legacy_compression_methods");
    visit("has_extensions", e.has_extensions, "whether there is a block of extensions");
    visit("extensions", e.extensions, "in order, GREASE included");
    visit("server_name", e.server_name, "server_name (SNI)");
    visit("alpn", e.alpn, "application protocols offered");
    visit("supported_versions", hex{e.supported_versions}, "supported_versions");
    visit("supported_groups", hex{e.supported_groups}, "supported_groups");
    visit("key_shares", e.key_shares, "key_share");
    visit("signature_algorithms", hex{e.signature_algorithms}, "signature_algorithms");
    visit(
        "signature_algorithms_cert", hex{e.signature_algorithms_cert}, "the same for certificates");
    visit("psk_key_exchange_modes", e.psk_key_exchange_modes, "psk_key_exchange_modes");
    visit("ec_point_formats", e.ec_point_formats, "ec_point_formats");
    visit("pre_shared_key", e.pre_shared_key, "pre_shared_key");
    visit("padding", e.padding, "bytes of padding");
    visit("record_size_limit", e.record_size_limit, "record_size_limit");
    visit("max_fragment_length", e.max_fragment_length, "its code: 1 is 2^9 … 4 is 2^12");
    visit("session_ticket", e.session_ticket, "bytes of the ticket, 0 asks for a new one");
    visit("early_data", e.early_data, "whether early data follows");
    visit("status_request", e.status_request, "whether an OCSP answer is asked for");
    visit("ech", e.ech, "encrypted_client_hello: none, outer (or GREASE) or inner");
}

template <class V> void describe(V& visit, of<wire::tls::server_hello> auto& e) {
    visit("size", e.size, "bytes of the message, with its header");
    visit("legacy_version", hex{e.legacy_version}, "legacy_version");
    visit("random", octets{e.random}, "random");
    visit("session_id", octets{e.legacy_session_id}, "legacy_session_id, in TLS 1.3 the client's");
    visit("cipher_suite", hex{e.cipher_suite}, "the suite chosen");
    visit("compression_method", e.legacy_compression_method, "legacy_compression_method");
    visit("extensions", e.extensions, "in order");
    visit("hello_retry_request", e.hello_retry_request, "whether it asks for another ClientHello");
    visit("version", hex{e.version}, "the version chosen");
    visit("group", hex{e.group}, "the group chosen, or asked for");
    visit("selected_psk", e.selected_psk, "which of the tickets was taken");
    visit("alpn", e.alpn, "application protocol chosen (up to TLS 1.2)");
    visit("cookie", e.cookie, "bytes of the cookie");
    visit("downgrade", e.sentinel, "what the random says of versions the server could speak");
}

template <class V> void describe(V& visit, of<handshake> auto& e) {
    visit("dir", e.dir, "direction");
    visit("type", named{e.type, wire::tls::handshake_type_name}, "handshake message type");
    visit("length", e.length, "its length field: bytes behind its header");
    visit("offset", e.offset, "of its header among the direction's handshake bytes");
    visit("client_hello", e.client_hello, "parsed, when the message is one");
    visit("server_hello", e.server_hello, "parsed, when the message is one");
    visit("ja3", e.ja3, "JA3 of a ClientHello");
    visit("ja4", e.ja4, "JA4 of a ClientHello");
    visit("certificate_sizes", e.certificate_sizes, "bytes of each certificate, leaf first");
    visit("oddities", e.oddities, "what a strict peer may dislike");
    visit("error", e.error, "where and why it could not be parsed");
}

template <class V> void describe(V& visit, of<alert> auto& e) {
    visit("dir", e.dir, "direction");
    visit("level", named{e.level, wire::tls::alert_level_name}, "warning or fatal");
    visit("description", named{e.description, wire::tls::alert_name}, "RFC 8446 section 6");
}

template <class V> void describe(V& visit, of<not_tls> auto& e) {
    visit("dir", e.dir, "direction");
    visit("offset", e.offset, "of the first byte that is no TLS");
    visit("looks_like", e.looks_like, "what came instead");
}

template <class V> void describe(V& visit, of<path_sample> auto& e) {
    visit("state", e.state, "TCP state (TCP_INFO)");
    visit("ca_state", e.ca_state, "congestion state: 0 open … 4 loss");
    visit("retransmits", e.retransmits, "consecutive retransmission timeouts");
    visit("backoff", e.backoff, "doublings of the timeout");
    visit("timestamps", e.timestamps, "RFC 7323 timestamps agreed");
    visit("sack", e.sack, "selective acknowledgement agreed");
    visit("rto", e.rto, "retransmission timeout, seconds");
    visit("rtt", e.rtt, "smoothed round trip, seconds");
    visit("rttvar", e.rttvar, "its variation, seconds");
    visit("min_rtt", e.min_rtt, "smallest round trip, seconds");
    visit("last_data_sent", e.last_data_sent, "seconds ago");
    visit("last_data_recv", e.last_data_recv, "seconds ago");
    visit("last_ack_recv", e.last_ack_recv, "seconds ago");
    visit("snd_mss", e.snd_mss, "bytes a segment of ours may carry");
    visit("rcv_mss", e.rcv_mss, "largest segment received, estimated");
    visit("advmss", e.advmss, "MSS we advertised");
    visit("pmtu", e.pmtu, "path MTU the kernel believes in");
    visit("unacked", e.unacked, "segments sent and not acknowledged");
    visit("sacked", e.sacked, "of them selectively acknowledged");
    visit("lost", e.lost, "of them held to be lost");
    visit("total_retrans", e.total_retrans, "segments sent again, SYNs included");
    visit("snd_cwnd", e.snd_cwnd, "congestion window, segments");
    visit("segs_out", e.segs_out, "segments sent");
    visit("segs_in", e.segs_in, "segments received");
    visit("data_segs_in", e.data_segs_in, "segments received with data");
    visit("data_segs_out", e.data_segs_out, "segments sent with data, again included");
    visit("notsent_bytes", e.notsent_bytes, "bytes queued and not yet sent");
    visit("rcv_ooopack", e.rcv_ooopack, "segments received out of order");
    visit("rcv_held", e.rcv_held, "memory that segments behind a gap take now");
    visit("dsack_dups", e.dsack_dups, "duplicates the peer reported");
    visit("reord_seen", e.reord_seen, "reorderings seen");
    visit("bytes_acked", e.bytes_acked, "bytes acknowledged, our SYN included");
    visit("bytes_received", e.bytes_received, "bytes received, the peer's FIN included");
    visit("bytes_sent", e.bytes_sent, "bytes sent, again included");
    visit("bytes_retrans", e.bytes_retrans, "bytes sent again");
}

template <class V> void describe(V& visit, of<path> auto& e) {
    visit("leg", e.of, "which connection");
    describe(visit, e.sample);
}

template <class V> void describe(V& visit, of<stalled> auto& e) {
    visit("stage", e.at, "where the flow stands");
    visit("waited", e.waited, "seconds without a byte");
}

template <class V> void describe(V& visit, of<closed> auto& e) {
    visit("leg", e.of, "which connection");
    visit("by", e.by, "peer or helloscope");
    visit("how", e.how, "fin, rst, timeout or error");
    visit("error", e.error, "errno's name, or the flag that sets the timeout");
}

template <class V> void describe(V& visit, of<evidence> auto& e) {
    visit("name", e.name, "name of the fact");
    visit("value", e.value, "its value");
}

template <class V> void describe(V& visit, of<remedy> auto& e) {
    visit("who", e.who, "client, helloscope, host, network or server");
    visit("text", e.text, "what to do");
    visit("command", e.command, "to paste");
}

template <class V> void describe(V& visit, of<note> auto& e) {
    visit("id", e.id, "stable name");
    visit("text", e.text, "what it says");
}

template <class V> void describe(V& visit, of<verdict> auto& e) {
    visit("id", e.id, "stable name of the cause; none: what was concluded before stands no longer");
    visit("certainty", e.how_sure, "suspected, likely or confirmed");
    visit("summary", e.summary, "one sentence");
    visit("evidence", e.facts, "what speaks for it");
    visit("others", e.others, "causes that the facts do not rule out");
    visit("missing", e.missing, "what would settle it");
    visit("remedies", e.remedies, "what to do");
    visit("notes", e.notes, "what is worth knowing beside it");
}

template <class V> void describe(V& visit, of<flow_closed> auto& e) {
    visit("stage", e.at, "how far the flow came");
    visit("took", e.took, "seconds");
    visit("to_server", e.to_server, "bytes relayed to the server");
    visit("to_client", e.to_client, "bytes relayed to the client");
}

template <class V> void describe(V& visit, of<clamped> auto& e) {
    visit("leg", e.of, "which connection");
    visit("asked", e.asked, "what was asked for");
    visit("advertised", e.advertised, "MSS option that the peer got");
    visit("snd_mss", e.snd_mss, "bytes of data in a segment of ours");
}

template <class V> void describe(V& visit, of<shaped> auto& e) {
    visit("shape", e.shape, "what was asked for");
    visit("writes", e.writes, "bytes of each write, in order");
    visit("records", e.records, "length fields of the TLS records that were made anew");
    visit("held", e.held, "seconds until the flight was whole");
    visit("took", e.took, "seconds from the first write to the last");
    visit("note", e.note, "what of the shape did not apply, and why");
}

template <class V> void describe(V& visit, of<segmented> auto& e) {
    visit("writes", e.writes, "pieces written");
    visit("segments", e.segments, "segments that left with data, those sent again aside");
    visit("retransmitted", e.retransmitted, "segments sent again");
    visit("acknowledged", e.acknowledged, "whether all of it was");
}

template <class V> void describe(V& visit, of<faulted> auto& e) {
    visit("dir", e.dir, "direction; none: on the way to the server");
    visit("fault", e.fault, "what was asked for");
    visit("name", e.name, "name of the toxic");
    visit("did", e.did, "what it did");
    visit("offset", e.offset, "of the first byte concerned in the direction's stream");
}

template <class V> void describe(V& visit, of<heal_attempt> auto& e) {
    visit("number", e.number, "counts from 1, the connection that went as it came");
    visit("shape", e.shape, "how its first flight is sent; none: as it came");
    visit("why", e.why, "what was the matter with those before");
    visit("address", e.address, "address it goes to");
}

template <class V> void describe(V& visit, of<heal_attempt_ended> auto& e) {
    visit("number", e.number, "which attempt");
    visit("how", e.how, "answered, or why it was none");
    visit("took", e.took, "seconds");
    visit("sent", e.sent, "bytes of the first flight sent");
    visit("received", e.received, "bytes that came");
    visit("acked", e.acked, "bytes of the flight acknowledged");
    visit("retransmits", e.retransmits, "consecutive retransmission timeouts");
    visit("sacked", e.sacked, "segments selectively acknowledged");
    visit("out_of_order", e.out_of_order, "segments received behind a gap");
    visit("snd_mss", e.snd_mss, "bytes a segment of ours may carry");
}

template <class V> void describe(V& visit, of<healed> auto& e) {
    visit("attempt", e.attempt, "the one that was joined to the client; 0: none");
    visit("shape", e.shape, "how its first flight was sent; none: as it came");
    visit("took", e.took, "seconds since the first flight was whole");
    visit("remembered", e.remembered, "whether it was tried first because it had worked before");
}

template <class V> void describe(V& visit, of<seen_before> auto& e) {
    visit("scope", e.scope, "address, name, network or parent");
    visit("of", e.of, "which one");
    visit("succeeded", e.succeeded, "handshakes that ended well");
    visit("failed", e.failed, "flows that failed");
    visit("largest_hello_answered", e.largest_hello_answered, "bytes");
    visit("smallest_hello_unanswered", e.smallest_hello_unanswered, "bytes");
    visit("last_verdict", e.last_verdict, "of the last that failed");
    visit("ago", e.ago, "seconds since the last of them");
}

template <class V> void describe(V& visit, of<investigated> auto& e) {
    visit("test", e.test, "what was done otherwise");
    visit("outcome", e.outcome, "answered, or what happened instead");
    visit("detail", e.detail, "what was answered");
    visit("hello_bytes", e.hello_bytes, "bytes of its ClientHello");
    visit("took", e.took, "seconds");
}

template <class V> void describe(V& visit, of<chain_fetched> auto& e) {
    visit("error", e.error, "why it does not verify; none: it does");
    visit("subject", e.subject, "of the leaf");
    visit("issuer", e.issuer, "of the leaf");
    visit("names", e.names, "whom the leaf is for");
    visit("not_before", e.not_before, "the leaf is valid from");
    visit("not_after", e.not_after, "the leaf is valid until");
    visit("sizes", e.sizes, "bytes of each certificate, leaf first");
    visit("missing", e.missing, "issuer that the chain lacks");
    visit("by", e.by, "direct or parent");
    visit("sha256", e.sha256, "of the leaf");
}

template <class V> void describe(V& visit, of<host_settings> auto& e) {
    visit(
        "tcp_mtu_probing", e.tcp_mtu_probing,
        "0 never, 1 when a black hole is suspected, 2 always");
    visit("tcp_base_mss", e.tcp_base_mss, "MSS that probing begins with");
    visit("tcp_sack", e.tcp_sack, "whether selective acknowledgement is offered");
    visit("tcp_retries2", e.tcp_retries2, "retransmissions before a connection is given up");
}

} // namespace helloscope::model
