// One flow as a fold of its events: what stages took, what went each way, what the kernel saw, how
// it ended. Facts, reports and live views read it. Its memory is bounded whatever the flow does:
// nothing here grows with the number of records or reads.
#pragma once

#include "helloscope/base/known.hpp"
#include "helloscope/base/rare.hpp"
#include "helloscope/model/event.hpp"

#include <array>

namespace helloscope::model {

// Begin and end of a stage; no end while it lasts, or when it never ended.
struct span_of_time {
    known<timestamp> begin, end;
};

std::optional<duration> length_of(const span_of_time& span);

// One address that was tried. Still under way when it neither stands nor has an error.
struct attempt {
    endpoint address;
    bool stands = false;
    duration took{};
    std::optional<std::uint32_t> syn_retransmits;
    std::string error, reported_by;
};

struct seen_message {
    std::uint8_t type = 0;
    std::uint32_t length = 0;
};

struct seen_alert {
    alert what;
    timestamp time;
};

struct seen_closing {
    closed what;
    timestamp time;
};

// Lengths of records: how many up to each bound, and beyond the last.
inline constexpr std::array<std::uint32_t, 6> record_bounds{64, 256, 1024, 4096, 8192, 16384};

// What went one way.
struct stream {
    std::uint64_t bytes = 0;
    std::uint64_t records = 0;
    std::array<std::uint64_t, 6> types{}; // content types 20 to 24, then any other
    std::array<std::uint64_t, record_bounds.size() + 1> lengths{};
    known<timestamp> first, last; // byte

    rare<record> cut;                             // the record the stream ended inside
    std::optional<std::uint32_t> first_encrypted; // its length; after the hellos, early data aside
    std::array<std::uint32_t, 4> encrypted{};     // lengths of the first ones, that one included
    std::uint64_t encrypted_count = 0;
    std::uint32_t last_encrypted = 0;
    std::uint32_t unanswered = 0; // the longest since the other side's last one, the first aside
    std::vector<seen_message> messages; // bounded
    std::uint64_t messages_left_out = 0;
    rare<not_tls> other;                 // what came instead of TLS
    std::optional<seen_alert> complaint; // the first alert that is no close_notify
    std::vector<std::uint32_t> certificate_sizes;
    std::string handshake_error;
};

// Plain HTTP, one exchange after the other on one connection: of many only sums are kept.
struct exchange_counts {
    std::uint64_t count = 0;
    std::uint64_t failed = 0; // of them, those without an answer, or with 4xx or 5xx
    std::uint64_t request_bytes = 0, response_bytes = 0;
    rare<exchanged> last;
    host_port last_target;
};

struct timeline {
    std::uint64_t flow = 0;
    timestamp begun, latest; // first and last event
    endpoint client, listener;
    rare<proxy_protocol> introduced, announced; // to us by the client, by us to the server
    std::optional<requested> request;           // the first, without its headers
    std::string user_agent;
    std::uint64_t requests = 0;

    // The last request, and its way: bounded.
    std::string front;
    host_port target;
    std::optional<routed> route;
    std::optional<resolved> names;
    rare<parent_answered> parent_answer; // the last one
    std::vector<attempt> attempts;
    std::optional<answered> answer;
    std::uint32_t parents_passed = 0;
    std::uint32_t attempts_left_out = 0;
    bool login_sent = false;   // Proxy-Authorization
    bool way_is_older = false; // it was found for a request before, or has ended

    exchange_counts exchanges;

    std::array<span_of_time, 9> stages;             // by stage
    stage at = stage::front;                        // how far it came
    std::array<stream, 2> streams;                  // by direction
    std::array<std::optional<path_sample>, 2> legs; // by leg: the last sample

    std::shared_ptr<const wire::tls::client_hello> client_hello; // the first one
    std::shared_ptr<const wire::tls::server_hello> server_hello; // the last one
    std::string ja3, ja4;
    bool retried = false; // by a HelloRetryRequest
    std::uint32_t client_hellos = 0;
    std::uint64_t behind_finish = 0; // encrypted records of the server since the client's first
    std::uint64_t hello_bytes = 0; // of the records that carried the last ClientHello, with headers

    std::optional<stalled> stall; // while it stands
    known<timestamp> quiet_since; // the last byte before it
    std::uint32_t stalls = 0;
    std::vector<seen_closing> closings; // bounded; in order
    // What was done on purpose and what was learned beside the flow, from clamped to host_settings,
    // as it was told: bounded, in order, and no memory for a flow without.
    std::vector<happening> beside;
    std::shared_ptr<const verdict> concluded;
    bool judged = false; // by the rules of this program, at its end: nothing concluded is nothing
    std::optional<flow_closed> ended;

    const span_of_time& of(stage which) const { return stages[static_cast<std::size_t>(which)]; }
    const stream& of(direction way) const { return streams[index_of(way)]; }
    const std::optional<path_sample>& of(leg which) const {
        return legs[static_cast<std::size_t>(which)];
    }
    // Asked for in absolute-form: what follows is no TLS, and is not expected to be.
    bool plain_http() const { return front == "http"; }
    // Both ends have finished the handshake, as far as record sizes and directions tell.
    bool established() const { return at >= stage::data && of(stage::data).begin.has_value(); }
};

// The events of one kind among those beside the flow, in order; they are the timeline's.
template <class Event> std::vector<const Event*> told_beside(const timeline& flow) {
    std::vector<const Event*> told;
    for (const auto& one : flow.beside)
        if (const auto* what = std::get_if<Event>(&one)) told.push_back(what);
    return told;
}

// Takes an event of this flow in; the first one names the flow. Events come in order of time.
void apply(timeline& flow, const event& event);

} // namespace helloscope::model
