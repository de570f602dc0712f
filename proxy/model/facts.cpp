#include "helloscope/model/facts.hpp"

#include <algorithm>

namespace helloscope::model {
namespace {

// After so many timeouts in a row a piece counts as lost on its way, not by chance.
constexpr std::uint32_t lost_after = 3;
constexpr std::uint32_t rcv_mss_floor = 536; // what the kernel's estimate starts from

std::optional<std::uint64_t> less(std::optional<std::uint64_t> from, std::uint64_t part) {
    if (!from || *from < part) return std::nullopt;
    return *from - part;
}

// `syn`: bytes_acked counts our SYN on the side that connected.
sending sent_on(const path_sample& p, std::uint64_t syn) {
    sending out;
    if (p.bytes_sent) out.sent = less(p.bytes_sent, p.bytes_retrans.value_or(0));
    out.acked = less(p.bytes_acked, syn);
    if (out.sent && out.acked) out.acked = std::min(*out.acked, *out.sent); // our FIN counts, too
    out.unacked = p.unacked;
    out.sacked = p.sacked;
    out.retransmits = p.retransmits;
    out.total_retrans = p.total_retrans;
    if (out.sent && out.acked) {
        out.all_acked = *out.acked >= *out.sent; // holds behind a reset, too: `unacked` is 0 then
    } else if (p.unacked) {
        out.all_acked = *p.unacked == 0 && p.notsent_bytes.value_or(0) == 0;
    }
    if (!p.snd_mss || !out.acked) return out;
    if (*out.acked > 0)
        out.largest_arrived = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(*p.snd_mss, *out.acked));
    if (out.sent && *out.sent > *out.acked && p.unacked.value_or(0) > 0 &&
        p.retransmits.value_or(0) >= lost_after)
        out.smallest_lost = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(*p.snd_mss, *out.sent - *out.acked));
    return out;
}

receiving received_on(const path_sample& p) {
    receiving in;
    in.bytes = p.bytes_received;
    in.packets = p.segs_in;
    in.segments = p.data_segs_in;
    in.out_of_order = p.rcv_ooopack;
    if (p.rcv_mss && *p.rcv_mss > rcv_mss_floor && p.data_segs_in.value_or(1) > 0)
        in.largest_arrived = p.rcv_mss;
    return in;
}

leg_facts facts_of(const leg_state& leg, std::uint64_t syn) {
    if (!leg.last) return {};
    const auto& p = leg.at_stall ? *leg.at_stall : *leg.last;
    return {sent_on(p, syn), received_on(p), p.snd_mss, p.pmtu, p.rtt, p.min_rtt};
}

std::optional<alert> complaint_of(const stream& way) {
    if (!way.complaint) return std::nullopt;
    return way.complaint->what;
}

void take_ends(const timeline& flow, facts& out) {
    for (const auto& [what, time] : flow.closings) {
        if (!out.first_end) out.first_end = what;
        auto& end = what.of == leg::client ? out.client_end : out.server_end;
        if (!end) end = what;
    }
}

timestamp end_of(const timeline& flow) {
    return flow.closings.empty() ? flow.latest : flow.closings.front().time;
}

void take_way_out(const timeline& flow, facts& out) {
    if (flow.route) {
        out.parents = flow.route->parents;
        out.parent_source = flow.route->source;
    }
    out.parents_passed = flow.parents_passed;
    out.parent_answer = flow.parent_answer;
    const auto& asked = flow.of(stage::parent);
    if (asked.begin && !asked.end) out.parent_waited = end_of(flow) - *asked.begin;
}

std::optional<duration> waited(const timeline& flow) {
    const auto& flight = flow.of(stage::server_flight);
    if (!flight.begin) return std::nullopt;
    return flight.end.value_or(end_of(flow)) - *flight.begin;
}

} // namespace

facts make_facts(const timeline& flow) {
    facts out;
    out.client = flow.client;
    out.listener = flow.listener;
    if (flow.introduced) out.real_client = flow.introduced->source;
    out.front = flow.front;
    out.host = flow.target.host;
    out.port = flow.target.port;
    out.login_sent = flow.login_sent;
    out.answer = flow.answer;
    out.front_took = length_of(flow.of(stage::front));
    take_way_out(flow, out);
    if (flow.names) {
        out.looked_up = flow.names->host;
        out.resolve_error = flow.names->error;
    }
    out.attempts = flow.attempts;
    for (const auto& tried : flow.attempts)
        if (tried.stands) out.server = tried.address;

    const auto& up = flow.of(direction::to_server);
    const auto& down = flow.of(direction::to_client);
    out.from_client = up.bytes;
    out.hello_bytes = flow.hello_bytes;
    out.client_hello = flow.client_hello;
    out.cut = up.cut;
    out.exchanges = flow.exchanges;
    out.from_server = down.bytes;
    out.server_hello = flow.server_hello;
    out.other_answer = down.other;
    out.server_alert = complaint_of(down);
    // A client that has heard nothing complains of no peer: some say an alert when they give up.
    if (down.bytes > 0) out.client_alert = complaint_of(up);
    out.client_first_encrypted = up.first_encrypted;
    out.established = flow.established();

    out.client_leg = facts_of(flow.of(leg::client), 0);
    out.server_leg = facts_of(flow.of(leg::server), 1);
    out.at = flow.at;
    out.lasted = end_of(flow) - flow.begun;
    if (flow.quiet_since) out.stalled_for = end_of(flow) - *flow.quiet_since;
    out.waited = waited(flow);
    take_ends(flow, out);
    return out;
}

} // namespace helloscope::model
