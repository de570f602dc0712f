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
    out.segments = p.data_segs_out;
    out.unacked = p.unacked;
    out.sacked = p.sacked;
    out.lost = p.lost;
    out.duplicates = p.dsack_dups;
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
    if (p.rcv_held) in.gap = *p.rcv_held > 0;
    if (p.rcv_mss && *p.rcv_mss > rcv_mss_floor && p.data_segs_in.value_or(1) > 0)
        in.largest_arrived = p.rcv_mss;
    return in;
}

std::optional<duration> last_heard(const path_sample& p) {
    if (!p.last_data_recv || p.data_segs_in == 0u) return p.last_ack_recv;
    return std::min(*p.last_data_recv, p.last_ack_recv.value_or(*p.last_data_recv));
}

leg_facts facts_of(const std::optional<path_sample>& leg, std::uint64_t syn, const endpoint* peer) {
    leg_facts out;
    out.v6 = peer != nullptr && peer->address.v6;
    if (!leg) return out;
    const auto& p = *leg;
    out.out = sent_on(p, syn);
    out.in = received_on(p);
    out.snd_mss = p.snd_mss;
    out.pmtu = p.pmtu;
    out.rtt = p.rtt;
    out.min_rtt = p.min_rtt;
    out.advmss = p.advmss;
    out.timestamps = p.timestamps;
    out.last_heard = last_heard(p);
    if (p.data_segs_in.value_or(0) > 0) out.last_data = p.last_data_recv;
    return out;
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
    const auto& up = flow.of(direction::to_server);
    out.client_spoke_on = out.first_end && up.last && *up.last > flow.closings.front().time;
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

// Since when `which` has begun, where it has not ended.
std::optional<duration> pending(const timeline& flow, stage which) {
    const auto& span = flow.of(which);
    if (!span.begin || span.end) return std::nullopt;
    return end_of(flow) - *span.begin;
}

// From accept to close; a name that is looked up is seen in its answer only.
void take_connecting(const timeline& flow, facts& out) {
    out.attempts = flow.attempts;
    for (const auto& tried : flow.attempts)
        if (tried.stands) out.server = tried.address;
    if (flow.names) {
        out.looked_up = flow.names->host;
        out.resolve_error = flow.names->error;
        if (flow.names->source == "dns") out.resolve_took = flow.names->took;
    } else if (flow.at == stage::resolve && flow.request && !flow.answer) {
        out.resolving = end_of(flow) - flow.of(stage::front).end.value_or(flow.begun);
    }
    if (out.server)
        out.connect_took = length_of(flow.of(stage::connect));
    else if (!flow.answer)
        out.connecting = pending(flow, stage::connect);
}

template <class Event> std::optional<Event> last_of(const timeline& flow) {
    const auto told = told_beside<Event>(flow);
    if (told.empty()) return std::nullopt;
    return *told.back();
}

template <class Event> std::vector<Event> all_of(const timeline& flow) {
    std::vector<Event> all;
    for (const auto* one : told_beside<Event>(flow)) all.push_back(*one);
    return all;
}

void take_beside(const timeline& flow, facts& out) {
    if (flow.route) {
        out.shape = flow.route->shape;
        out.broken = flow.route->faults;
        out.heals = flow.route->heals;
    }
    if (flow.beside.empty()) return;
    out.faults = all_of<faulted>(flow);
    out.clamps = all_of<clamped>(flow);
    out.first_flight = last_of<shaped>(flow);
    out.pieces = last_of<segmented>(flow);
    out.cured = last_of<healed>(flow);
    out.before = all_of<seen_before>(flow);
    out.tests = all_of<investigated>(flow);
    for (const auto* chain : told_beside<chain_fetched>(flow))
        (out.parents.empty() || chain->by == "parent" ? out.chain : out.beyond) = *chain;
    out.settings = last_of<host_settings>(flow);
    for (const auto* begun : told_beside<heal_attempt>(flow))
        out.attempts_to_heal.push_back({*begun, {}});
    for (const auto* ended : told_beside<heal_attempt_ended>(flow))
        for (auto& one : out.attempts_to_heal)
            if (one.begun.number == ended->number) one.ended = *ended;
}

// What went through the tunnel, by its records.
void take_streams(const timeline& flow, facts& out) {
    const auto& up = flow.of(direction::to_server);
    const auto& down = flow.of(direction::to_client);
    out.from_client = up.bytes;
    out.hello_bytes = flow.hello_bytes;
    out.client_hello = flow.client_hello;
    if (flow.client_hello) out.client_kind = wire::tls::kind_of(*flow.client_hello);
    out.client_hellos = flow.client_hellos;
    out.cut = up.cut;
    out.exchanges = flow.exchanges;
    out.from_server = down.bytes;
    out.server_hello = flow.server_hello;
    out.retried = flow.retried;
    const auto& hello_over = flow.of(stage::server_flight).begin;
    if (hello_over && down.first) out.answered_after = *down.first - *hello_over;
    out.certificate_sizes = down.certificate_sizes;
    out.server_cut = down.cut;
    out.other_answer = down.other;
    out.server_alert = complaint_of(down);
    // A client that has heard nothing complains of no peer: some say an alert when they give up.
    if (down.bytes > 0) out.client_alert = complaint_of(up);
    out.client_first_encrypted = up.first_encrypted;
    out.established = flow.established();
    const auto kept = std::min<std::uint64_t>(up.encrypted_count, up.encrypted.size());
    out.client_encrypted.assign(
        up.encrypted.begin(), up.encrypted.begin() + static_cast<std::ptrdiff_t>(kept));
    out.client_encrypted_count = up.encrypted_count;
    if (up.encrypted_count > 0) out.client_last_encrypted = up.last_encrypted;
    if (up.unanswered > 0) out.client_unanswered = up.unanswered;
    out.client_data = up.types[3]; // content type 23
    out.server_behind_finish = flow.behind_finish;
    if (down.encrypted_count > 0) out.server_last_encrypted = down.last_encrypted;
    if (up.last || down.last)
        out.last_spoke = !down.last || (up.last && *up.last > *down.last) ? direction::to_server
                                                                          : direction::to_client;
}

std::optional<duration> waited(const timeline& flow) {
    const auto& flight = flow.of(stage::server_flight);
    if (!flight.begin) return std::nullopt;
    return flight.end.value_or(end_of(flow)) - *flight.begin;
}

} // namespace

const seen_before* facts::seen(std::string_view scope) const {
    const auto found = std::ranges::find(before, scope, &seen_before::scope);
    return found == before.end() ? nullptr : &*found;
}

const investigated* facts::test(std::string_view name) const {
    const auto found = std::ranges::find(tests, name, &investigated::test);
    return found == tests.end() ? nullptr : &*found;
}

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
    if (flow.request) out.user_agent = flow.user_agent;
    take_connecting(flow, out);
    take_streams(flow, out);
    take_beside(flow, out);

    out.client_leg = facts_of(flow.of(leg::client), 0, &flow.client);
    out.server_leg = facts_of(flow.of(leg::server), 1, out.server ? &*out.server : nullptr);
    out.at = flow.at;
    out.now = flow.latest;
    out.lasted = end_of(flow) - flow.begun;
    if (flow.quiet_since) out.stalled_for = end_of(flow) - *flow.quiet_since;
    out.waited = waited(flow);
    take_ends(flow, out);
    return out;
}

} // namespace helloscope::model
