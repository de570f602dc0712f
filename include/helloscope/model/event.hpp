// What happened to a flow, as values. A flow is its events: the timeline, the report, the recording
// and the verdict are folds over the same sequence, live or read back from a file.
// JSON of events: describe.hpp names the fields, json.hpp writes and reads them.
#pragma once

#include "helloscope/base/direction.hpp"
#include "helloscope/base/endpoint.hpp"
#include "helloscope/base/time.hpp"
#include "helloscope/model/path.hpp"
#include "helloscope/model/verdict.hpp"
#include "helloscope/wire/tls/client_hello.hpp"
#include "helloscope/wire/tls/server_hello.hpp"

#include <memory>
#include <variant>
#include <vector>

namespace helloscope::model {

// The leg to the client, or the one to the server (or to a parent proxy).
enum class leg : std::uint8_t { client, server };

// Where a flow stands, or stood when it ended.
enum class stage : std::uint8_t {
    front,
    resolve,
    connect,
    parent,
    hello,
    server_flight,
    client_finish,
    data,
    close,
};

// A recording begins: who writes it, and how. Belongs to no flow (flow 0).
struct recording_opened {
    std::string helloscope;   // version of the program
    std::uint32_t schema = 1; // version of the events' JSON
    std::string packets;      // "synthesized" from reads and writes, or "captured"
    std::string payload;      // "handshake" (nothing secret) or "all"
    std::string detail;       // "runs" or "all": whether each record is told singly
};

// What the recorder could not keep, since it last could. Belongs to no flow.
struct lost {
    std::uint64_t events = 0;
    std::uint64_t packets = 0;
    std::string reason; // "queue full", "No space left on device", …
};

// A client connected.
struct flow_opened {
    endpoint client;
    endpoint listener;
};

// A PROXY protocol header: it came in front of the client's bytes, or we sent it in front of ours.
struct proxy_protocol {
    leg of{};
    std::uint32_t version = 1;
    std::optional<endpoint> source, destination; // empty: about the connection itself (LOCAL)
};

// One header field of a request as it may be kept: values only of harmless fields.
struct head_field {
    std::string name;
    std::uint32_t length = 0; // of the value, bytes
    std::optional<std::string> value;
};

// What the client asked for, and how.
struct requested {
    // "connect", "http" (absolute-form), "socks4", "socks5", "reverse", "redirect", "tproxy", or
    // what was seen instead: "tls", "sslv2-hello", …
    std::string front;
    std::string method; // empty where the front has none
    std::string host;
    std::uint16_t port = 0;
    std::string protocol;     // "HTTP/1.1"
    std::uint32_t length = 0; // of the head, bytes
    std::vector<head_field> headers;
};

// Which way out was chosen for what was asked. That a flow heals as all do is told when it matters.
struct routed {
    std::vector<std::string> parents; // nearest first, "http://proxy.corp:3128"; none: direct
    std::string source;               // "--via", "HTTPS_PROXY", "NO_PROXY", …; empty: nobody said
    std::string route{}; // the name or text of the route that applies; empty: none does
    std::string shape{}; // how the first flight is to be sent; empty: as it comes
    std::vector<std::string> faults{}; // what is broken on purpose
    bool heals = false;                // another attempt is made beside one that is stuck
};

struct resolved {
    std::string host;
    std::vector<ip_address> addresses;
    std::string source; // "dns", "literal", "--resolve", "--connect-to"
    duration took{};
    std::string error; // empty when addresses were found
};

struct connecting {
    endpoint address;
};

struct connected {
    endpoint address;
    endpoint local;
    duration took{};
    std::optional<std::uint32_t> syn_retransmits;
};

struct connect_failed {
    endpoint address;
    duration took{};
    std::optional<std::uint32_t> syn_retransmits;
    std::string error;       // "ECONNREFUSED"; "timeout" when our own deadline ended it
    std::string reported_by; // who sent the ICMP error, where the kernel knows
};

// What a parent proxy said to our asking for the next hop.
struct parent_answered {
    std::string parent;       // "http://proxy.corp:3128"
    std::uint16_t status = 0; // of HTTP, or SOCKS's reply
    std::string reason;       // its own words, or what was wrong with them
    duration took{};
    // Empty: it let us through. Else "refused", "auth", "garbled", "closed", "silent", "broken",
    // "tls" or "unreachable".
    std::string error;
};

// The front's answer to the client: 200 when the server leg stands.
struct answered {
    std::uint16_t status = 0;
    std::string reason;
    std::string proxy_status; // RFC 9209, empty on success
};

// One exchange of plain HTTP, asked for in absolute-form.
struct exchanged {
    std::string method;
    std::uint16_t status = 0;
    std::uint64_t request_bytes = 0, response_bytes = 0; // of the bodies
    duration took{};
};

// Bytes that belong to no TLS record, by their number only; several reads in bulk.
struct bytes_read {
    direction dir{};
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint32_t reads = 1;
};

// One TLS record, whole unless the stream ended inside it.
struct record {
    direction dir{};
    std::uint8_t content_type = 0;
    std::uint16_t version = 0;
    std::uint32_t length = 0; // RFC 8446 section 5.1: without the five bytes of the header
    std::uint64_t offset = 0; // of the header in the direction's stream
    timestamp first;          // when its header's last byte came
    bool encrypted = false;
    std::optional<std::uint32_t> cut_at; // body bytes that came, when the stream ended inside
};

// Application-data records of one read, or a run in bulk: lengths in order, run-length coded.
struct records {
    struct run {
        std::uint32_t length = 0;
        std::uint32_t count = 0;
    };
    direction dir{};
    std::uint16_t version = 0;
    std::uint64_t offset = 0; // of the first record's header
    std::uint64_t count = 0;
    std::uint64_t bytes = 0; // with headers
    timestamp first;
    std::vector<run> lengths;
};

// A handshake message in the clear. The parsed form is shared: one copy a flow.
struct handshake {
    direction dir{};
    std::uint8_t type = 0;
    std::uint32_t length = 0; // without its four-byte header
    std::uint64_t offset = 0; // within the direction's handshake bytes
    std::shared_ptr<const wire::tls::client_hello> client_hello;
    std::shared_ptr<const wire::tls::server_hello> server_hello;
    std::string ja3, ja4;                         // of a ClientHello
    std::vector<std::uint32_t> certificate_sizes; // up to TLS 1.2
    std::vector<std::string> oddities;            // of a hello: what a strict peer may dislike
    std::string error;                            // why it could not be parsed
};

struct alert {
    direction dir{};
    std::uint8_t level = 0;
    std::uint8_t description = 0;
};

// A direction's bytes are no TLS (any more): where, and what came instead.
struct not_tls {
    direction dir{};
    std::uint64_t offset = 0;
    std::string looks_like; // "http", "sslv2-hello", "ssh", "unknown", …
};

// A leg's MSS was limited before the connection was made.
struct clamped {
    leg of{};
    std::string asked;                       // "mss:1360", "mtu:1400"
    std::optional<std::uint32_t> advertised; // the MSS option that the peer got
    std::optional<std::uint32_t> snd_mss;    // data of a segment of ours; 12 less with timestamps
};

// The first flight went on otherwise than it came.
struct shaped {
    std::string shape;                  // "records:sni+2|split:records"
    std::vector<std::uint32_t> writes;  // bytes of each, in order
    std::vector<std::uint32_t> records; // length fields, where TLS records were made anew
    duration held{};                    // from its first byte until it was whole
    duration took{};                    // from the first write to the last
    std::string note;                   // what of the shape did not apply, and why
};

// Whether the pieces of a shaped flight left as so many segments: asked when all is acknowledged,
// or when the flow ends.
struct segmented {
    std::uint32_t writes = 0;
    std::uint32_t segments = 0; // that left with data, without those sent again
    std::uint32_t retransmitted = 0;
    bool acknowledged = false; // all of it
};

// A fault acted on the flow. Each is told when it begins to.
struct faulted {
    std::optional<direction> dir; // none: on the way to the server (refuse, dns-fail, …)
    std::string fault;            // its text: "stall@1460"
    std::string name;             // of a toxic
    std::string did;              // what it did, in words
    std::uint64_t offset = 0;     // of the first byte concerned in the direction's stream
};

// Healing makes an attempt: the same first flight, on a connection of its own.
struct heal_attempt {
    std::uint32_t number = 0; // counts from 1, which is the connection that went as it came
    std::string shape;        // empty: as it came
    std::string why;          // what was the matter with those before
    std::optional<endpoint> address;
};

// And how it went.
struct heal_attempt_ended {
    std::uint32_t number = 0;
    std::string how;        // "answered", "given up", "rst", "fin", "alert", "connect", …
    duration took{};        // since it began
    std::uint64_t sent = 0; // bytes of the first flight
    std::uint64_t received = 0;
    std::optional<std::uint64_t> acked; // of what was sent
    std::optional<std::uint32_t> retransmits, sacked, out_of_order, snd_mss;
};

// What came of it: the attempt that was joined to the client, or that none was.
struct healed {
    std::uint32_t attempt = 0; // 0: none
    std::string shape;
    duration took{};         // since the first flight was whole
    bool remembered = false; // it was tried first because it had worked before
};

// What flows before this one saw, to the same address, name, network or through the same parent.
struct seen_before {
    std::string scope; // "address", "name", "network", "parent"
    std::string of;    // which one
    std::uint32_t succeeded = 0, failed = 0;
    std::optional<std::uint32_t> largest_hello_answered, smallest_hello_unanswered; // bytes
    std::string last_verdict;
    duration ago{}; // the last of them
};

// One test of --investigate: the same server was asked otherwise.
struct investigated {
    std::string test;    // "mss:536", "without-post-quantum", "tls1.2", …
    std::string outcome; // "answered", "silent", "rst", "fin", "alert", "connect", …
    std::string detail;  // "TLS 1.3", "handshake_failure"
    std::uint32_t hello_bytes = 0;
    duration took{};
};

// The server's chain, fetched and verified beside the flow, leaf first.
struct chain_fetched {
    std::string error; // OpenSSL's words, or why there is no chain; empty: it verifies
    std::string subject, issuer;
    std::vector<std::string> names;
    std::optional<timestamp> not_before, not_after;
    std::vector<std::uint32_t> sizes; // bytes of each certificate
    std::string missing;              // the issuer that the chain lacks
    std::string by;                   // "direct", "parent"
    std::string sha256;               // of the leaf
};

// Settings of this machine that decide what happens on a broken path.
struct host_settings {
    std::optional<std::uint32_t> tcp_mtu_probing, tcp_base_mss, tcp_sack, tcp_retries2;
};

struct path {
    leg of{};
    path_sample sample;
};

// Nothing has moved for `waited`, in this stage; the flow goes on.
struct stalled {
    stage at{};
    duration waited{};
};

// How a leg's peer ended its sending, or how we ended the leg.
struct closed {
    leg of{};
    std::string by;    // "peer" or "helloscope"
    std::string how;   // "fin", "rst", "timeout", "error"
    std::string error; // "ECONNRESET", "ETIMEDOUT", …; for a timeout the flag that sets it
};

// The last event of a flow.
struct flow_closed {
    stage at{}; // how far it came
    duration took{};
    std::uint64_t to_server = 0; // bytes relayed, without the front's dialogue
    std::uint64_t to_client = 0;
};

using happening = std::variant<
    recording_opened, lost, flow_opened, proxy_protocol, requested, routed, resolved, connecting,
    connected, connect_failed, parent_answered, answered, exchanged, bytes_read, record, records,
    handshake, alert, not_tls, path, stalled, closed, verdict, flow_closed, clamped, shaped,
    segmented, faulted, heal_attempt, heal_attempt_ended, healed, seen_before, investigated,
    chain_fetched, host_settings>;

struct event {
    std::uint64_t flow = 0; // counts from 1 in a run; 0: about the recording itself
    timestamp time;
    happening what;
};

std::string_view to_string(leg value);              // "client", "server"
std::string_view to_string(stage value);            // "server_flight"
std::string_view event_name(const happening& what); // "flow_opened", as in the JSON

} // namespace helloscope::model
