// What rules of diagnosis read: the facts of one flow at one moment, from a live kernel or from a
// capture alike. What the source cannot know is empty, never zero.
#pragma once

#include "helloscope/model/timeline.hpp"
#include "helloscope/wire/tls/client_kind.hpp"

namespace helloscope::model {

// What we sent on a leg. Bytes are those of the stream, without SYN and FIN.
struct sending {
    std::optional<std::uint64_t> sent, acked;
    std::optional<bool> all_acked;
    std::optional<std::uint32_t> segments;              // with data, those sent again included
    std::optional<std::uint32_t> unacked, sacked, lost; // segments
    std::optional<std::uint32_t> duplicates;            // sent again though they had arrived
    std::optional<std::uint32_t> retransmits;           // consecutive timeouts, now
    std::optional<std::uint32_t> total_retrans;         // segments, SYNs included
    std::optional<std::uint32_t> largest_arrived;       // segment's payload that was acknowledged
    std::optional<std::uint32_t> smallest_lost; // the piece sent again and again without success
};

// What came to us on a leg.
struct receiving {
    std::optional<std::uint64_t> bytes;
    std::optional<std::uint32_t> packets;         // pure acknowledgements included
    std::optional<std::uint32_t> segments;        // with data
    std::optional<std::uint32_t> out_of_order;    // of them, behind a gap; ever
    std::optional<bool> gap;                      // some wait behind one now
    std::optional<std::uint32_t> largest_arrived; // segment's payload, estimated
};

struct leg_facts {
    sending out;
    receiving in;
    std::optional<std::uint32_t> snd_mss, pmtu;
    std::optional<duration> rtt, min_rtt; // the floor is not moved by lost SYNs
    std::optional<std::uint32_t> advmss;  // what we asked the peer to keep to
    std::optional<bool> timestamps;       // take 12 bytes of each segment
    std::optional<duration> last_heard;   // of the peer's kernel, before the sample or the end
    std::optional<duration> last_data;    // of the peer's data, likewise
    bool v6 = false;

    // Bytes of a packet around a segment's payload.
    std::uint32_t headers() const {
        return (v6 ? 60u : 40u) + (timestamps.value_or(true) ? 12u : 0u);
    }
};

// One attempt of healing; no end while it lasts, or when nobody has told.
struct healing {
    heal_attempt begun;
    std::optional<heal_attempt_ended> ended;

    bool answered() const { return ended && ended->how == "answered"; }
};

struct facts {
    // front
    endpoint client, listener;
    std::optional<endpoint> real_client; // by the PROXY protocol
    std::string front;                   // empty: the client asked for nothing
    std::string host;                    // of the last request, as everything up to the hello
    std::uint16_t port = 0;
    bool login_sent = false; // Proxy-Authorization was in it
    std::optional<answered> answer;
    std::optional<duration> front_took;
    std::string user_agent; // of the first request to the proxy

    // the way out
    std::vector<std::string> parents; // nearest first; none: direct
    std::string parent_source;
    std::uint32_t parents_passed = 0;
    std::optional<parent_answered> parent_answer; // the last one
    std::optional<duration> parent_waited;        // for an answer that has not come

    // resolve and connect: to the nearest parent, if there is one
    std::string looked_up; // the name
    std::string resolve_error;
    std::vector<attempt> attempts;
    std::optional<endpoint> server; // the one that stands
    std::optional<duration> resolve_took, connect_took;
    std::optional<duration> resolving, connecting; // so far, or until the end, without success

    // the first flight
    std::uint64_t from_client = 0;                               // bytes of the tunnel
    std::uint64_t hello_bytes = 0;                               // on the wire, with record headers
    std::shared_ptr<const wire::tls::client_hello> client_hello; // complete
    wire::tls::client_kind client_kind = wire::tls::client_kind::unknown;
    std::uint32_t client_hellos = 0; // two behind a HelloRetryRequest
    std::optional<record> cut;       // the client's record that ended early

    // plain HTTP
    exchange_counts exchanges;

    // the answer
    std::uint64_t from_server = 0;
    std::shared_ptr<const wire::tls::server_hello> server_hello;
    bool retried = false;                         // by a HelloRetryRequest
    std::optional<duration> answered_after;       // its first byte, since the hello was complete
    std::vector<std::uint32_t> certificate_sizes; // where they can be seen: up to TLS 1.2
    std::optional<record> server_cut;             // the server's record that ended early
    std::optional<not_tls> other_answer;          // the server's
    std::optional<alert> server_alert, client_alert;
    std::optional<std::uint32_t> client_first_encrypted; // record length, behind the ServerHello
    bool established = false;
    // Lengths of the client's first encrypted records, and how many there were.
    std::vector<std::uint32_t> client_encrypted;
    std::uint64_t client_encrypted_count = 0;
    std::optional<std::uint32_t> client_last_encrypted;
    // The longest since the server's last one; the client's first one, a Finished, is no question.
    std::optional<std::uint32_t> client_unanswered;
    std::uint64_t client_data = 0; // its records of application data; in TLS 1.3 all the encrypted
    std::uint64_t server_behind_finish = 0; // its encrypted records since the client's first
    std::optional<std::uint32_t> server_last_encrypted; // length of its last one
    std::optional<direction> last_spoke;                // who sent the last byte of the tunnel

    // done on purpose
    std::string shape;               // how the first flight was to be sent; empty: as it came
    std::vector<std::string> broken; // the faults that were asked for
    std::vector<faulted> faults;     // those that acted
    std::vector<clamped> clamps;
    std::optional<shaped> first_flight; // what became of it
    std::optional<segmented> pieces;    // and of its pieces on the wire
    bool heals = false;
    std::vector<healing> attempts_to_heal;
    std::optional<healed> cured;

    // learned beside the flow
    std::vector<seen_before> before; // what flows to the same place saw in the last minutes
    std::vector<investigated> tests;
    std::optional<chain_fetched> chain;    // the server's, or a parent's instead
    std::optional<chain_fetched> beyond;   // the server's, fetched without the parents
    std::optional<host_settings> settings; // of this machine

    // path, as it was when the flow stalled, or last
    leg_facts client_leg, server_leg;

    // the end, or where it stands
    stage at = stage::front;
    timestamp now;                       // of the last event: to hold dates against
    duration lasted{};                   // until the first leg ended, or so far
    std::optional<duration> stalled_for; // since the last byte, while the flow stands still
    std::optional<duration> waited;      // since the hello was complete, or until the end
    std::optional<closed> first_end;     // which leg ended first, and how
    std::optional<closed> client_end, server_end;
    bool client_spoke_on = false; // when the first leg had ended

    // What was seen before in one scope; null: nothing.
    const seen_before* seen(std::string_view scope) const;
    // The test of that name; null: it was not made.
    const investigated* test(std::string_view name) const;

    bool over() const { return first_end.has_value(); }
    // Nothing more is to be expected: the flow stands still, or somebody ended it.
    bool stuck() const { return stalled_for || over(); }
    bool connected() const { return server.has_value(); }
    bool client_left() const {
        return first_end && first_end->of == leg::client && first_end->by == "peer";
    }
    // By Ctrl-C, a deadline or a change of listeners; an errno tells what broke a leg under us.
    bool we_left() const {
        return first_end && first_end->of == leg::client && first_end->by == "helloscope" &&
               !first_end->error.starts_with('E');
    }
    bool server_left() const {
        return first_end && first_end->of == leg::server && first_end->by == "peer";
    }
};

facts make_facts(const timeline& flow);

} // namespace helloscope::model
