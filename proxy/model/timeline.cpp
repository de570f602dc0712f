#include "helloscope/model/timeline.hpp"

#include "helloscope/wire/front/request_head.hpp"
#include "helloscope/wire/tls/record.hpp"

#include <algorithm>
#include <utility>

namespace helloscope::model {
namespace {

constexpr std::size_t attempt_limit = 16; // of addresses, certificates and messages, too
constexpr std::size_t closing_limit = 8;
constexpr std::size_t beside_limit = 64;
constexpr std::size_t text_limit = 200;

constexpr std::uint8_t close_notify = 0;
constexpr std::uint8_t user_canceled = 90;

template <class T> bool keep(std::vector<T>& list, T value) {
    if (list.size() == attempt_limit) return false;
    list.push_back(std::move(value));
    return true;
}

const head_field* find(const requested& head, std::string_view name) {
    for (const auto& field : head.headers)
        if (wire::front::same_field_name(field.name, name)) return &field;
    return nullptr;
}

// One event at a time, into one timeline.
class fold {
  public:
    fold(timeline& flow, timestamp now) : flow_(flow), now_(now) {}

    void operator()(const recording_opened&) {}
    void operator()(const lost&) {}

    void operator()(const flow_opened& e) {
        flow_.client = e.client;
        flow_.listener = e.listener;
        begin(stage::front, now_);
    }

    void operator()(const proxy_protocol& e) {
        (e.of == leg::client ? flow_.introduced : flow_.announced) = e;
    }

    void operator()(const requested& e) {
        flow_.front = e.front;
        flow_.target = {e.host, e.port};
        flow_.login_sent = find(e, "Proxy-Authorization") != nullptr;
        if (flow_.requests++ > 0) return ask_again();
        flow_.request = e;
        flow_.request->headers = {};
        if (const auto* agent = find(e, "User-Agent"); agent && agent->value)
            flow_.user_agent = agent->value->substr(0, text_limit);
        end(stage::front, now_);
        reach(stage::resolve);
    }

    void operator()(const routed& e) {
        find_way();
        flow_.route = e;
        if (e.parents.size() > attempt_limit) flow_.route->parents.resize(attempt_limit);
    }

    void operator()(const resolved& e) {
        find_way();
        flow_.names = e;
        if (e.addresses.size() > attempt_limit) flow_.names->addresses.resize(attempt_limit);
        begin(stage::resolve, now_ - e.took);
        end(stage::resolve, now_);
        reach(stage::resolve);
    }

    void operator()(const connecting& e) {
        find_way();
        begin(stage::connect, now_);
        reach(stage::connect);
        if (!keep(flow_.attempts, {e.address, false, {}, {}, {}, {}})) ++flow_.attempts_left_out;
    }

    void operator()(const connected& e) {
        find_way();
        if (auto* tried = attempt_at(e.address, e.took)) {
            tried->stands = true;
            tried->took = e.took;
            tried->syn_retransmits = e.syn_retransmits;
        }
        end(stage::connect, now_);
        flow_.route && !flow_.route->parents.empty() ? begin_parent(now_) : way_stands();
        moved();
    }

    void operator()(const connect_failed& e) {
        find_way();
        if (auto* tried = attempt_at(e.address, e.took)) {
            tried->took = e.took;
            tried->syn_retransmits = e.syn_retransmits;
            tried->error = e.error;
            tried->reported_by = e.reported_by;
        }
        span(stage::connect).end = now_;
    }

    // The last parent's word ends the stage, or the first that does not let us through.
    void operator()(const parent_answered& e) {
        flow_.parent_answer = e;
        flow_.parent_answer->reason.resize(std::min(e.reason.size(), text_limit));
        if (e.error != "unreachable") begin_parent(now_ - e.took);
        const auto parents = flow_.route ? flow_.route->parents.size() : 0;
        if (!e.error.empty() || ++flow_.parents_passed >= parents) end_parent();
        if (e.error.empty() && flow_.parents_passed >= parents) way_stands();
        moved();
    }

    void operator()(const answered& e) {
        flow_.answer = e;
        if (e.status / 100 == 2) {
            end_parent();
            reach(stage::hello);
        }
        moved();
    }

    void operator()(const exchanged& e) {
        auto& all = flow_.exchanges;
        ++all.count;
        if (e.status < 100 || e.status >= 400) ++all.failed;
        all.request_bytes += e.request_bytes;
        all.response_bytes += e.response_bytes;
        all.last = e;
        all.last_target = flow_.target;
        // A parent that takes plain HTTP as it is has no dialogue of its own.
        if (!span(stage::parent).end) span(stage::parent) = {};
        begin(stage::data, std::max(now_ - e.took, span(stage::connect).end.value_or(flow_.begun)));
        reach(stage::data);
        span(stage::data).end = now_;
        moved();
    }

    void operator()(const bytes_read& e) {
        count_bytes(e.dir, e.length, now_);
        moved();
    }

    void operator()(const record& e) {
        auto& way = stream_of(e.dir);
        const std::uint64_t size = wire::tls::record_header_size + e.cut_at.value_or(e.length);
        count_bytes(e.dir, size, e.first);
        count_records(way, e.content_type, e.length, 1);
        if (e.cut_at) {
            way.cut = e;
        } else {
            moved();
        }
        if (e.dir == direction::to_server && !flow_.server_hello) flow_.hello_bytes += size;
        follow_handshake(e.dir, e.content_type, e.length, e.encrypted);
        if (e.encrypted) count_encrypted(e.dir, e.length, 1);
    }

    void operator()(const records& e) {
        auto& way = stream_of(e.dir);
        count_bytes(e.dir, e.bytes, e.first);
        for (const auto& run : e.lengths)
            count_records(way, application_data, run.length, run.count);
        moved();
        if (e.dir == direction::to_server && !flow_.server_hello) flow_.hello_bytes += e.bytes;
        if (!e.lengths.empty())
            follow_handshake(e.dir, application_data, e.lengths.front().length, true);
        for (const auto& run : e.lengths) count_encrypted(e.dir, run.length, run.count);
    }

    void operator()(const handshake& e) {
        auto& way = stream_of(e.dir);
        if (!keep(way.messages, {e.type, e.length})) ++way.messages_left_out;
        if (!e.error.empty()) way.handshake_error = e.error;
        for (const auto size : e.certificate_sizes) keep(way.certificate_sizes, size);
        if (e.client_hello) take_client_hello(e);
        if (e.server_hello && e.server_hello->hello_retry_request) {
            flow_.retried = true;
        } else if (e.server_hello) {
            flow_.server_hello = e.server_hello;
        }
        moved();
    }

    void operator()(const alert& e) {
        if (e.description == close_notify || e.description == user_canceled) return;
        auto& complaint = stream_of(e.dir).complaint;
        if (!complaint || complaint->what.level < e.level) complaint = seen_alert{e, now_};
    }

    void operator()(const not_tls& e) {
        auto& way = stream_of(e.dir);
        if (!way.other) way.other = e;
        if (flow_.client_hello || e.offset > 0 || flow_.plain_http()) return;
        begin(stage::data, now_); // a tunnel of something else
        reach(stage::data);
    }

    // The ages of what was last heard are as of the first leg's end, as all that is concluded is.
    void operator()(const path& e) {
        auto& kept = flow_.legs[static_cast<std::size_t>(e.of)].emplace(e.sample);
        if (flow_.closings.empty()) return;
        const auto since = now_ - flow_.closings.front().time;
        for (auto* age : {&kept.last_data_sent, &kept.last_data_recv, &kept.last_ack_recv})
            if (*age) *age = std::max(**age - since, duration{});
    }

    void operator()(const stalled& e) {
        flow_.stall = e;
        flow_.quiet_since = now_ - e.waited;
        ++flow_.stalls;
    }

    void operator()(const closed& e) {
        if (flow_.closings.size() < closing_limit) flow_.closings.push_back({e, now_});
        end_data();
        begin(stage::close, now_);
        if (e.of == leg::server) flow_.way_is_older = true;
    }

    void operator()(const verdict& e) {
        flow_.concluded = e.id.empty() ? nullptr : std::make_shared<const verdict>(e);
    }

    void operator()(const flow_closed& e) {
        flow_.ended = e;
        end_data();
        begin(stage::close, now_);
        end(stage::close, now_);
        for (const auto way : {direction::to_server, direction::to_client}) {
            auto& bytes = stream_of(way).bytes;
            bytes = std::max(bytes, way == direction::to_server ? e.to_server : e.to_client);
        }
    }

    void operator()(const clamped& e) { keep_beside(e); }
    void operator()(const shaped& e) { keep_beside(e); }
    void operator()(const segmented& e) { keep_beside(e); }
    void operator()(const faulted& e) { keep_beside(e); }
    void operator()(const heal_attempt& e) { keep_beside(e); }
    void operator()(const heal_attempt_ended& e) { keep_beside(e); }
    void operator()(const healed& e) { keep_beside(e); }
    void operator()(const seen_before& e) { keep_beside(e); }
    void operator()(const investigated& e) { keep_beside(e); }
    void operator()(const chain_fetched& e) { keep_beside(e); }
    void operator()(const host_settings& e) { keep_beside(e); }

  private:
    static constexpr auto application_data = static_cast<std::uint8_t>(
        wire::tls::content_type::application_data);
    static constexpr auto change_cipher_spec = static_cast<std::uint8_t>(
        wire::tls::content_type::change_cipher_spec);

    void keep_beside(happening what) {
        if (flow_.beside.size() < beside_limit) flow_.beside.push_back(std::move(what));
    }

    span_of_time& span(stage which) { return flow_.stages[static_cast<std::size_t>(which)]; }
    stream& stream_of(direction way) { return flow_.streams[index_of(way)]; }

    void begin(stage which, timestamp when) {
        if (!span(which).begin) span(which).begin = when;
    }
    void end(stage which, timestamp when) {
        if (!span(which).end) span(which).end = when;
    }
    void reach(stage which) { flow_.at = std::max(flow_.at, which); }

    void begin_parent(timestamp when) {
        begin(stage::parent, when);
        reach(stage::parent);
    }

    void end_parent() {
        if (span(stage::parent).begin) end(stage::parent, now_);
    }

    // A front without words of its own says nothing when the server leg stands.
    void way_stands() {
        constexpr std::string_view wordless[] = {"reverse", "redirect", "tproxy"};
        if (std::ranges::find(wordless, flow_.front) != std::end(wordless)) reach(stage::hello);
    }

    // Another request on the same connection: what became of the one before is over.
    void ask_again() {
        flow_.way_is_older = true;
        go_on();
        flow_.answer.reset();
        moved();
    }

    // The server may have gone since.
    void go_on() {
        flow_.closings.clear();
        span(stage::close) = {};
    }

    // The first step of another way: what is known of the one before goes.
    void find_way() {
        if (!std::exchange(flow_.way_is_older, false)) return;
        go_on();
        flow_.route.reset();
        flow_.names.reset();
        flow_.parent_answer.reset();
        flow_.attempts.clear();
        flow_.attempts_left_out = 0;
        flow_.parents_passed = 0;
        flow_.legs[static_cast<std::size_t>(leg::server)].reset();
        for (const auto which : {stage::resolve, stage::connect, stage::parent}) span(which) = {};
    }

    // What was concluded while nothing moved stands no longer when something does.
    void moved() {
        flow_.stall.reset();
        flow_.quiet_since.reset();
        if (flow_.closings.empty()) flow_.concluded.reset();
    }

    attempt* attempt_at(const endpoint& address, duration took) {
        for (auto& tried : flow_.attempts)
            if (tried.address == address && !tried.stands && tried.error.empty()) return &tried;
        begin(stage::connect, now_ - took);
        reach(stage::connect);
        if (keep(flow_.attempts, {address, false, {}, {}, {}, {}})) return &flow_.attempts.back();
        ++flow_.attempts_left_out;
        return nullptr;
    }

    void count_bytes(direction dir, std::uint64_t bytes, timestamp first) {
        auto& way = stream_of(dir);
        way.bytes += bytes;
        if (!way.first) way.first = first;
        way.last = now_;
        if (dir == direction::to_client || flow_.plain_http()) return;
        end_parent();
        begin(stage::hello, first);
        reach(stage::hello);
    }

    static void count_records(
        stream& way, std::uint8_t type, std::uint32_t length, std::uint64_t count) {
        const auto kind = type >= 20 && type <= 24 ? type - 20u : way.types.size() - 1;
        const auto bound = std::ranges::lower_bound(record_bounds, length) - record_bounds.begin();
        way.records += count;
        way.types[kind] += count;
        way.lengths[static_cast<std::size_t>(bound)] += count;
    }

    // Those behind the ServerHello: early data is none of them.
    void count_encrypted(direction dir, std::uint32_t length, std::uint64_t count) {
        if (!flow_.server_hello) return;
        auto& way = stream_of(dir);
        if (dir == direction::to_client && stream_of(direction::to_server).encrypted_count > 0)
            flow_.behind_finish += count;
        way.last_encrypted = length;
        if (way.encrypted_count + count > 1) way.unanswered = std::max(way.unanswered, length);
        stream_of(opposite(dir)).unanswered = 0;
        for (auto at = way.encrypted_count;
             at < way.encrypted.size() && at < way.encrypted_count + count; ++at)
            way.encrypted[at] = length;
        way.encrypted_count += count;
    }

    void take_client_hello(const handshake& e) {
        ++flow_.client_hellos;
        if (flow_.client_hello) return;
        flow_.client_hello = e.client_hello;
        flow_.ja3 = e.ja3;
        flow_.ja4 = e.ja4;
        end(stage::hello, now_);
        begin(stage::server_flight, now_);
        reach(stage::server_flight);
    }

    // The client's first record behind the ServerHello ends the server's flight; a CCS may come
    // before it (RFC 8446 appendix D.4). When both sides have sent an encrypted record, the
    // handshake is over.
    void follow_handshake(direction dir, std::uint8_t type, std::uint32_t length, bool encrypted) {
        if (!flow_.server_hello || flow_.established()) return;
        if (dir == direction::to_server && type != change_cipher_spec) {
            const auto flight_end = stream_of(direction::to_client).last.value_or(now_);
            end(stage::server_flight, flight_end);
            begin(stage::client_finish, flight_end);
            reach(stage::client_finish);
        }
        auto& first = stream_of(dir).first_encrypted;
        if (encrypted && !first) first = length;
        if (!stream_of(direction::to_server).first_encrypted ||
            !stream_of(direction::to_client).first_encrypted)
            return;
        end(stage::client_finish, now_);
        begin(stage::data, now_);
        reach(stage::data);
    }

    void end_data() {
        if (!span(stage::data).begin) return;
        auto last = span(stage::data).end.value_or(*span(stage::data).begin);
        for (const auto& way : flow_.streams)
            if (way.last) last = std::max(last, *way.last);
        span(stage::data).end = last;
    }

    timeline& flow_;
    timestamp now_;
};

} // namespace

std::optional<duration> length_of(const span_of_time& span) {
    if (!span.begin || !span.end) return std::nullopt;
    return *span.end - *span.begin;
}

void apply(timeline& flow, const event& event) {
    if (flow.begun == timestamp{}) {
        flow.flow = event.flow;
        flow.begun = event.time;
    }
    flow.latest = std::max(flow.latest, event.time);
    std::visit(fold(flow, event.time), event.what);
}

} // namespace helloscope::model
