#include "flow.hpp"

#include "flow_faults.hpp"
#include "helloscope/diagnose/diagnose.hpp"
#include "helloscope/model/facts.hpp"
#include "helloscope/net/kernel/host_settings.hpp"
#include "helloscope/net/kernel/segments.hpp"
#include "helloscope/policy/route.hpp"
#include "investigating.hpp"

#include <algorithm>
#include <utility>

namespace helloscope::relay {

using namespace std::chrono_literals;
using model::leg;
using model::stage;

namespace {

observer_detail detail_of(const flow::surroundings& around) {
    const auto& recording = around.common.options.recording;
    return {around.record.wants_pieces(), recording.payload_all, recording.detail_all};
}

// Two samples that differ in what passes by itself only.
bool same_path(model::path_sample a, const model::path_sample& b) {
    a.last_data_sent = b.last_data_sent;
    a.last_data_recv = b.last_data_recv;
    a.last_ack_recv = b.last_ack_recv;
    return a == b;
}

} // namespace

flow::flow(surroundings where, std::unique_ptr<net::stream> accepted, arrival how)
    : around(where), came(std::move(how)), client(std::move(accepted)),
      watching(*this, detail_of(where)), last_byte(clock.now()), id_(++where.common.count.flows),
      timeline_(std::make_unique<model::timeline>()) {
    ++where.common.count.open;
    tell(model::flow_opened{came.from, came.in.at});
    if (!came.in.client_mss) return;
    model::clamped limit;
    limit.of = leg::client;
    limit.asked = to_string(shape::clamp{shape::clamp::measure::mss, *came.in.client_mss});
    tell_clamped(std::move(limit));
}

flow::~flow() {
    try {
        finish();
    } catch (const std::exception&) {
        // Memory ran out at the very end: the flow goes unreported, the others go on.
    }
    if (own_end) around.common.ends.remove(*own_end);
    --around.common.count.open;
}

void flow::end_story() {
    if (!timeline_ || took_) return;
    look_at_segments(look::last);
    const auto now = clock.now();
    for (const auto way : {direction::to_server, direction::to_client}) watching.ended(way, now);
    conclude(telling::changes);
    took_ = clock.now() - clock.opened();
}

void flow::finish() {
    if (!timeline_) return;
    end_story();
    if (inquiry) conclude(telling::changes);
    model::flow_closed end;
    end.at = stage_;
    end.took = *took_;
    if (server) { // else what was seen went nowhere
        end.to_server = watching.total(direction::to_server);
        end.to_client = watching.total(direction::to_client);
    }
    tell(end);
    around.common.history.add(*timeline_);
    timeline_->judged = true;
    around.record.flow(std::move(timeline_));
}

bool flow::tell_path(leg of, unchanged then) {
    const auto& stream = of == leg::client ? client : server;
    if (!stream) return false;
    auto sample = stream->path();
    if (!sample) return false;
    const auto& last = timeline_->of(of);
    const bool news = !last || !same_path(*sample, *last);
    if (news || then == unchanged::told) tell(model::path{of, std::move(*sample)});
    return news;
}

// What the kernel last said of the way is old by now, but in a flow that was soon over.
void flow::look_at_the_end() {
    constexpr auto soon = 2s;
    if (stage_ == stage::data && clock.now() - clock.opened() >= soon)
        tell_path(leg::server, unchanged::told);
}

void flow::tell_clamped(model::clamped limit) {
    const auto& stream = limit.of == leg::client ? client : server;
    const auto sample = stream ? stream->path() : std::nullopt;
    if (sample) {
        limit.advertised = net::advertised_mss(*sample);
        limit.snd_mss = sample->snd_mss;
    }
    tell(std::move(limit));
}

void flow::tell_dialogue(direction way, std::string_view masked, trace::legs on) {
    if (!around.record.wants_pieces()) return;
    trace::piece said;
    said.dir = way;
    said.on = on;
    said.time = clock.now();
    said.body = to_bytes(as_bytes(masked));
    said.length = masked.size();
    kept(std::move(said));
}

void flow::tell_unseen(direction way, trace::legs on, std::size_t length) {
    if (!around.record.wants_pieces()) return;
    trace::piece unseen;
    unseen.dir = way;
    unseen.on = on;
    unseen.time = clock.now();
    unseen.length = length;
    kept(std::move(unseen));
}

void flow::tell_closed(leg of, std::string by, std::string how, std::string error) {
    tell(model::closed{of, std::move(by), std::move(how), std::move(error)});
}

void flow::tell_broken(leg of, const net::error_code& error) {
    const bool reset = error == net::asio::error::connection_reset ||
                       error == net::asio::error::broken_pipe;
    const bool timeout = error == net::asio::error::timed_out;
    tell_closed(
        of, reset ? "peer" : "helloscope",
        reset     ? "rst"
        : timeout ? "timeout"
                  : "error",
        net::error_name(error));
}

model::facts flow::facts() {
    // Silence is no event: without this, facts would end with the last one.
    timeline_->latest = std::max(timeline_->latest, clock.now());
    return model::make_facts(*timeline_);
}

void flow::conclude(telling what) {
    auto verdict = diagnose::diagnose(facts());
    bool more = verdict && tell_healing();
    if (verdict && timeline_->client_hello) more |= tell_surroundings(); // which may make it surer
    if (more) verdict = diagnose::diagnose(facts());
    const auto* before = timeline_->concluded.get();
    if (!verdict) {
        if (before) tell(model::verdict()); // it has sorted itself out
        return;
    }
    const bool is_news = !before || before->id != verdict->id ||
                         before->how_sure != verdict->how_sure || before->others != verdict->others;
    if (is_news || (what == telling::changes && *before != *verdict)) tell(std::move(*verdict));
}

bool flow::tell_healing() {
    if (!std::exchange(healing_untold_, false)) return false;
    model::routed event;
    event.heals = true;
    tell(std::move(event));
    return true;
}

// What lies beside a flow that failed, once: what others saw there, how this kernel is set up.
bool flow::tell_surroundings() {
    if (std::exchange(surroundings_told_, true)) return false;
    for (auto& one : around.common.history.of(*timeline_)) tell(std::move(one));
    tell(net::read_host_settings());
    return true;
}

void flow::count_segments(const segment_count& begun) {
    counted_ = std::make_unique<segment_count>(begun);
}

void flow::look_at_segments(look when) {
    if (!counted_) return;
    if (const auto sample = server ? server->path() : std::nullopt) counted_->saw(*sample);
    if (!counted_->acknowledged() && when == look::again) return;
    const auto told = std::exchange(counted_, nullptr);
    if (timeline_) tell(told->outcome());
}

std::optional<std::uint32_t> flow::piece_size() const {
    if (!route || stage_ >= stage::data) return std::nullopt;
    return route->shaping.hello_mss;
}

void flow::abort() {
    aborted = true;
    look_at_segments(look::last);
    if (pause != nullptr) pause->cancel();
    if (opens != nullptr) opens->give_up.emit(net::asio::cancellation_type::terminal);
    if (client) client->reset();
    if (server) server->reset();
    if (beside != nullptr) beside->give_up();
}

void flow::cut() {
    if (std::exchange(aborted, true)) return;
    if (pause != nullptr) pause->cancel();
    if (client) client->stop_waiting();
    if (server) server->stop_waiting();
}

void flow::stop() {
    if (inquiry) inquiry->stop();
    if (took_) return; // its legs are over
    if (!aborted) {
        look_at_the_end();
        tell_closed(leg::client, "helloscope", "error", "helloscope ends");
    }
    abort();
}

void flow::leave(std::string_view why) {
    if (aborted || took_) return;
    tell_path(leg::client);
    tell_path(leg::server, unchanged::told);
    tell_closed(leg::client, "helloscope", "fin", std::string(why));
    aborted = true;
    if (client) client->close();
    if (server) server->close();
    abort(); // whatever waits for something else
}

net::awaitable<net::error_code> flow::stopped() {
    net::asio::steady_timer never(
        co_await net::asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
    pause = &never;
    co_await never.async_wait(net::as_result);
    pause = nullptr;
    co_return net::asio::error::operation_aborted;
}

void flow::tick() {
    if (took_) return;
    const auto now = clock.now();
    watching.tick(now);
    look_at_segments(look::again);
    if (faults) faults->look();
    if (aborted || over) return;
    if (opens != nullptr && opens->client_may_leave && !opens->client_left) {
        opens->client_left = client->ended();
        if (opens->client_left) opens->give_up.emit(net::asio::cancellation_type::terminal);
    }
    if (stage_ > stage::front && stage_ < stage::data) look_for_a_stall(now);
    if (stage_ == stage::data) look_at_data(now);
    if (beside != nullptr) beside->tick();
    if (inquiry) inquiry->tick();
    const auto limit = around.common.options.limits.idle;
    if (limit.count() == 0 || stage_ < stage::hello || now - last_byte < limit) return rest(now);
    look_at_the_end();
    tell_closed(leg::client, "helloscope", "timeout", "--idle-timeout");
    abort();
}

// A flow that is silent for a while, with nothing beside it that has a clock, is left alone until
// the next look or its deadline.
void flow::rest(timestamp now) {
    constexpr auto settled = 1s;                 // by then all that was seen has been told
    constexpr std::int64_t most_sweeps = 10'000; // 42 minutes, for a deadline or no look at all
    const auto waited = now - last_byte;
    const bool watched = faults || beside || inquiry || counted_ || opens != nullptr;
    if (stage_ <= stage::front || waited < settled || watched) return;
    const auto limit = around.common.options.limits.idle;
    const bool ends = limit.count() > 0 && stage_ >= stage::hello;
    const auto until = ends ? std::min<duration>(look_at_, limit) : look_at_;
    const auto sweeps = (until - waited) / period;
    resting_ = static_cast<std::uint32_t>(std::clamp<std::int64_t>(sweeps, 0, most_sweeps));
}

// The kernel is asked, the stall is told, and the rules say what they make of it while the client
// still waits: at each tick in the first seconds, then after a quarter more each time. A tunnel
// that nobody uses is looked at for a minute.
void flow::look_for_a_stall(timestamp now) {
    constexpr auto stall = 1s; // without a byte
    constexpr auto at_each_tick = 4s;
    constexpr auto longest_look = 60s;
    const auto waited = now - last_byte;
    if (waited > longest_look) {
        look_at_ = duration::max();
        return;
    }
    const bool client_news = tell_path(leg::client);
    const bool news = tell_path(leg::server) || client_news;
    if (waited < stall) {
        stall_told_ = false;
        look_at_ = stall;
        return;
    }
    tell_stall(waited);
    if (!news && waited < look_at_) return;
    conclude(telling::news);
    look_at_ = waited < at_each_tick ? waited : waited + waited / 4;
}

void flow::tell_stall(duration waited) {
    if (std::exchange(stall_told_, true)) return;
    tell(model::stalled{stage_, waited});
}

// Behind the handshake silence is no stall: only a kernel that waits for an acknowledgement, holds
// what came behind a gap, or since the last byte has sent again what had arrived, says so. It is
// asked after 0.9, 1.8, 3.5, … seconds without a byte, which ten thousand idle tunnels can bear.
void flow::look_at_data(timestamp now) {
    constexpr auto first_look = 875ms; // the second one finds whoever has no patience left
    constexpr auto longest_look = 64s;
    if (!timeline_->of(leg::server)) tell_path(leg::server); // its handshake was over before a tick
    const auto waited = now - last_byte;
    if (waited < first_look) {
        stall_told_ = false;
        look_at_ = first_look;
        return;
    }
    if (waited < look_at_ || !client || !server) return;
    look_at_ = waited < longest_look ? 2 * std::max<duration>(look_at_, first_look)
                                     : duration::max();
    if (look_at_ == duration::max()) return;
    const auto stuck = [waited](const std::optional<model::path_sample>& p) {
        return p && ((p->unacked.value_or(0) > 0 && p->retransmits.value_or(0) > 0) ||
                     p->rcv_held.value_or(0) > 0 ||
                     (p->dsack_dups.value_or(0) > 0 && p->last_data_sent &&
                      *p->last_data_sent + 150ms < waited));
    };
    if (!stuck(client->path()) && !stuck(server->path())) return;
    tell_path(leg::client);
    tell_path(leg::server, unchanged::told);
    tell_stall(waited);
    conclude(telling::news);
}

void flow::happened(model::happening what, timestamp when) {
    follow(what);
    model::event event{id_, when, std::move(what)};
    model::apply(*timeline_, event);
    around.record.event(std::move(event));
}

void flow::kept(trace::piece bytes) {
    bytes.flow = id_;
    if (holds_first_flight && bytes.dir == direction::to_server && bytes.on == trace::legs::both)
        bytes.on = trace::legs::client;
    around.record.piece(std::move(bytes));
}

// The stages that only the bytes tell.
void flow::follow(const model::happening& what) {
    if (stage_ < stage::hello || stage_ >= stage::data) return;
    if (const auto* message = std::get_if<model::handshake>(&what);
        message && message->client_hello)
        enter(stage::server_flight);
    const auto* record = std::get_if<model::record>(&what);
    if (record && record->dir == direction::to_server && stage_ == stage::server_flight &&
        watching.total(direction::to_client) > 0)
        enter(stage::client_finish);
    if (watching.handshake_over()) enter(stage::data);
}

} // namespace helloscope::relay
