// Facts that tests of rules begin with and change one of.
#pragma once

#include "support/flows.hpp"

#include "helloscope/model/facts.hpp"

namespace helloscope::test {

// A request came and was not answered yet.
inline model::facts asked_facts() { return model::make_facts(asked().told()); }

// A hello of 1493 bytes left two seconds ago, all is acknowledged, nothing came.
inline model::facts silent_facts() { return model::make_facts(silent(false).told()); }

// The same with a hello of 271 bytes.
inline model::facts small_facts() {
    auto on = greeted(small_hello());
    on.then(std::chrono::seconds(2), model::path{model::leg::server, sample(271, 271)});
    on.then({}, model::stalled{model::stage::server_flight, std::chrono::seconds(2)});
    return model::make_facts(on.told());
}

inline model::facts healthy_facts() { return model::make_facts(healthy().told()); }

// The parent said this to our asking.
inline model::facts answered_by_parent(
    std::uint16_t status, std::string reason, std::string error, std::string parent = proxy) {
    auto on = routed({parent});
    reach_parent(on);
    model::parent_answered said{
        std::move(parent), status, std::move(reason), std::chrono::milliseconds(3),
        std::move(error)};
    return model::make_facts(refuse(on, std::move(said)).told());
}

// Nothing but the way out is known, and these attempts at the parent.
inline model::facts trying_parent(std::vector<model::attempt> attempts) {
    auto f = model::make_facts(routed().told());
    f.attempts = std::move(attempts);
    return f;
}

// `how` one leg's peer ended the flow.
inline model::facts ended(model::facts f, model::leg leg, std::string how) {
    f.first_end = model::closed{leg, "peer", how, ""};
    (leg == model::leg::client ? f.client_end : f.server_end) = f.first_end;
    return f;
}

// As the kernel sees it three seconds after `sent` bytes.
inline model::facts dropped_facts(
    std::uint64_t sent, std::uint64_t acked, std::uint32_t sacked, std::uint32_t packets) {
    auto on = greeted();
    auto p = sample(sent, acked);
    p.retransmits = std::uint8_t{3};
    p.sacked = sacked;
    p.segs_in = packets;
    on.then(std::chrono::seconds(3), model::path{model::leg::server, p});
    on.then({}, model::stalled{model::stage::server_flight, std::chrono::seconds(3)});
    return model::make_facts(on.told());
}

// A hello of 1900 bytes whose first segment is lost every time.
inline model::facts black_hole_facts() {
    auto f = dropped_facts(1900, 0, 1, 2);
    f.hello_bytes = 1900;
    return f;
}

// The second half of the server's flight waits behind a gap.
inline model::facts gap_facts() {
    auto f = silent_facts();
    f.server_leg.in.out_of_order = 2;
    f.server_leg.in.gap = true;
    f.server_leg.in.largest_arrived = 1200;
    f.server_leg.advmss = 1448;
    return f;
}

// Full segments of it came, one is missing, a later one came.
inline model::facts gap_behind_full_segments() {
    auto f = gap_facts();
    f.from_server = 20'924;
    f.server_leg.in.bytes = 20'924;
    f.server_leg.in.largest_arrived = 1448;
    return f;
}

// Healing joined an attempt with `shape`; the first one had ended so.
inline model::facts healed_facts(model::heal_attempt_ended first, std::string shape) {
    auto on = greeted();
    on.then({}, model::heal_attempt{1, "", "", far_side});
    on.then(std::chrono::seconds(1), model::heal_attempt{2, shape, "stuck", far_side});
    model::heal_attempt_ended won;
    won.number = 2;
    won.how = "answered";
    won.took = std::chrono::milliseconds(3);
    won.received = 2100;
    first.number = 1;
    first.how = "given up";
    first.took = std::chrono::seconds(1);
    on.then(std::chrono::milliseconds(3), won).then({}, first);
    on.then({}, model::healed{2, std::move(shape), std::chrono::seconds(1), false});
    finish_tls13(answer_tls13(on));
    on.then(microseconds(100), record_of(on, direction::to_server, 23, 214, true));
    on.then(microseconds(900), record_of(on, direction::to_client, 23, 1042, true));
    end(on, model::leg::client);
    return model::make_facts(on.told());
}

// One of the tests of --investigate, and what came of it.
inline model::facts& tested(model::facts& f, std::string test, std::string outcome) {
    f.tests.push_back({std::move(test), std::move(outcome), "", 300, std::chrono::milliseconds(5)});
    return f;
}

inline model::seen_before history(
    std::string scope, std::uint32_t succeeded, std::uint32_t failed,
    std::optional<std::uint32_t> largest = {}) {
    model::seen_before before;
    before.scope = std::move(scope);
    before.of = "x";
    before.succeeded = succeeded;
    before.failed = failed;
    before.largest_hello_answered = largest;
    return before;
}

// The handshake is over, the client asked for something, and then nothing moved for three seconds.
inline model::facts still_in_data() {
    auto on = greeted();
    finish_tls13(answer_tls13(on));
    on.then(microseconds(100), record_of(on, direction::to_server, 23, 214, true));
    on.then(std::chrono::seconds(3), model::path{model::leg::server, sample(1840, 1840)});
    on.then({}, model::stalled{model::stage::data, std::chrono::seconds(3)});
    return model::make_facts(on.told());
}

// The same; what the client sent last was sent twice, and the first time had been enough.
inline model::facts answer_lost_facts() {
    auto f = still_in_data();
    f.server_leg.out.duplicates = 1;
    f.server_leg.out.total_retrans = 1;
    f.server_leg.last_heard = std::chrono::milliseconds(2790); // of 3 s of silence
    return f;
}

inline bool has(const std::vector<std::string>& list, std::string_view id) {
    for (const auto& one : list)
        if (one == id) return true;
    return false;
}

inline bool has(const std::vector<model::remedy>& list, std::string_view command) {
    for (const auto& one : list)
        if (one.command == command) return true;
    return false;
}

inline std::string value_of(const model::verdict& verdict, std::string_view name) {
    for (const auto& fact : verdict.facts)
        if (fact.name == name) return fact.value;
    return "(none)";
}

} // namespace helloscope::test
