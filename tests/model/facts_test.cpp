#include "helloscope/model/facts.hpp"

#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using namespace helloscope::model;
using namespace std::chrono_literals;

TEST_CASE("a healthy flow's facts say so") {
    const auto f = make_facts(test::healthy().told());
    CHECK(f.front == "connect");
    CHECK(f.host == "releases.bazel.build");
    CHECK(f.server == test::far_side);
    CHECK(f.hello_bytes == 1493);
    CHECK(f.client_hello->size == 1488);
    CHECK(f.server_hello->version == 0x0304);
    CHECK(f.client_first_encrypted == 53u);
    CHECK(f.established);
    CHECK(f.client_left());
    CHECK(!f.server_left());
    CHECK(f.server_leg.out.all_acked == true);
    CHECK(f.server_leg.in.largest_arrived == 1448u);
    CHECK(!f.stalled_for);
    CHECK(f.waited == 2100us);
}

TEST_CASE("a silent server: everything acknowledged, nothing received, and how long") {
    const auto standing = make_facts(test::silent(false).told());
    CHECK(standing.stuck());
    CHECK(!standing.over());
    CHECK(standing.stalled_for == 2s);
    CHECK(standing.waited == 2s);
    CHECK(standing.server_leg.out.acked == 1493u);
    CHECK(standing.server_leg.out.all_acked == true);
    CHECK(!standing.server_leg.in.largest_arrived);

    const auto ended = make_facts(test::silent().told());
    CHECK(ended.waited == 10s);
    CHECK(ended.stalled_for == 10s); // it went on after the stall was told
    CHECK(ended.client_left());
}

TEST_CASE("the piece that is sent again and again is the smallest known to be lost") {
    struct row {
        std::uint64_t sent, acked;
        std::uint8_t retransmits;
        std::optional<std::uint32_t> lost, arrived;
    };
    const row rows[] = {
        {1900, 0, 3, 1448, {}},                           // a full segment
        {1900, 1448, 3, 452, 1448},                       // the tail behind one that arrived
        {300, 0, 4, 300, {}},       {1900, 0, 2, {}, {}}, // too early to say
        {1900, 1900, 0, {}, 1448},
    };
    for (const auto& [sent, acked, retransmits, lost, arrived] : rows) {
        auto p = test::sample(sent, acked);
        p.retransmits = retransmits;
        const auto f = make_facts(test::greeted().then(1s, path{leg::server, p}).told());
        CHECK(f.server_leg.out.smallest_lost == lost);
        CHECK(f.server_leg.out.largest_arrived == arrived);
        CHECK(f.server_leg.out.all_acked == (sent == acked));
    }
}

TEST_CASE("behind a reset unacked is zero, and yet nothing was acknowledged") {
    auto p = test::sample(300, 0);
    p.unacked = 0;
    const auto f = make_facts(test::greeted().then(1s, path{leg::server, p}).told());
    CHECK(f.server_leg.out.all_acked == false);
}

TEST_CASE("what the source does not know stays empty") {
    const auto f = make_facts(test::greeted().told());
    CHECK(!f.server_leg.out.acked);
    CHECK(!f.server_leg.out.all_acked);
    CHECK(!f.server_leg.in.out_of_order);
    path_sample counters_only; // as of a kernel without byte counters
    counters_only.unacked = 0;
    const auto old = make_facts(test::greeted().then(1s, path{leg::server, counters_only}).told());
    CHECK(old.server_leg.out.all_acked == true);
    CHECK(!old.server_leg.out.acked);
}

TEST_CASE("on the client leg the peer connected: its bytes_acked counts no SYN of ours") {
    path_sample p;
    p.bytes_acked = 39;
    const auto f = make_facts(test::greeted().then(1s, path{leg::client, p}).told());
    CHECK(f.client_leg.out.acked == 39u);
}

TEST_CASE("the path is that of the stall while the stall stands, else the last one") {
    auto on = test::silent(false);
    CHECK(make_facts(on.told()).server_leg.out.sent == 1493u);
    test::answer_tls13(on).then(1ms, path{leg::server, test::sample(1600, 1600)});
    CHECK(make_facts(on.told()).server_leg.out.sent == 1600u);
}

TEST_CASE("the way out: which parents, what the last one said, how long one owes a word") {
    const auto passed = make_facts(test::through_parent().told());
    CHECK(passed.parents == std::vector{test::proxy});
    CHECK(passed.parent_source == "HTTPS_PROXY");
    CHECK(passed.parent_answer->status == 200);
    CHECK(passed.parents_passed == 1);
    CHECK(passed.looked_up == "proxy.corp");
    CHECK(passed.server == test::proxy_side);
    CHECK(!passed.parent_waited);
    CHECK(make_facts(test::dialed().told()).parents.empty());

    auto on = test::at_parent();
    on.then(2s, stalled{stage::parent, 2s});
    const auto standing = make_facts(on.told());
    CHECK(standing.at == stage::parent);
    CHECK(standing.parent_waited == 2s);
    CHECK(standing.stuck());
}

TEST_CASE("facts are about the last request of a connection") {
    auto on = test::asked_plainly();
    test::exchange(on, 200, 10);
    requested again{"http", "GET", "other.test", 8080, "HTTP/1.1", 90, {}};
    again.headers = {{"Proxy-Authorization", 20, {}}};
    on.then(1s, again);
    const auto f = make_facts(on.told());
    CHECK(f.host == "other.test");
    CHECK(f.port == 8080);
    CHECK(f.front == "http");
    CHECK(f.login_sent);
    CHECK(f.exchanges.count == 1);
}

TEST_CASE("the real client is the one that the PROXY protocol names, if it names one") {
    const auto real = *parse_endpoint("203.0.113.7:41000");
    auto on = test::asked();
    CHECK(!make_facts(on.told()).real_client);
    on.then(0ms, proxy_protocol{leg::client, 2, {}, {}});
    CHECK(!make_facts(on.told()).real_client);
    on.then(0ms, proxy_protocol{leg::client, 1, real, test::far_side});
    CHECK(make_facts(on.told()).real_client == real);
}

TEST_CASE("who ended first is kept apart from how each leg ended") {
    auto on = test::greeted();
    on.then(1s, closed{leg::server, "peer", "rst", "ECONNRESET"});
    on.then(0s, closed{leg::client, "helloscope", "rst", ""});
    on.then(0s, closed{leg::server, "helloscope", "error", ""});
    const auto f = make_facts(on.told());
    CHECK(f.server_left());
    CHECK(f.first_end->how == "rst");
    CHECK(f.server_end->by == "peer");
    CHECK(f.client_end->by == "helloscope");
}

TEST_CASE("how long the server was silent is told as of the end, whenever the kernel was asked") {
    auto on = test::greeted();
    path_sample sample;
    sample.data_segs_in = 3;
    sample.last_data_recv = 3s;
    sample.last_ack_recv = 2s;
    on.then(3s, path{leg::server, sample});
    CHECK(make_facts(on.told()).server_leg.last_data == 3s);
    on.then(0s, closed{leg::client, "peer", "fin", ""});
    sample.last_data_recv = 63s;
    sample.last_ack_recv = 59s; // of our FIN
    on.then(60s, path{leg::server, sample});
    CHECK(make_facts(on.told()).server_leg.last_data == 3s);
    CHECK(make_facts(on.told()).server_leg.last_heard == 0s);
}

TEST_CASE("whether the client spoke on when the first leg had ended") {
    auto on = test::greeted();
    test::finish_tls13(test::answer_tls13(on));
    on.then(1s, test::record_of(on, direction::to_server, 23, 19, true));
    auto answered = on;
    on.then(1ms, closed{leg::server, "peer", "fin", ""});
    CHECK(!make_facts(on.told()).client_spoke_on);
    answered.then(1ms, closed{leg::server, "peer", "fin", ""});
    answered.then(1ms, test::record_of(answered, direction::to_server, 23, 19, true));
    CHECK(make_facts(answered.told()).client_spoke_on);
    CHECK(!make_facts(test::greeted().told()).client_spoke_on);
}

TEST_CASE("who wrote the hello, and what asked for it") {
    const auto f = make_facts(test::healthy().told());
    CHECK(f.client_kind == wire::tls::client_kind::go);
    CHECK(f.user_agent == "Go-http-client/1.1");
    CHECK(f.client_hellos == 1);
    CHECK(!f.retried);
}

TEST_CASE("the client's first encrypted records are kept by length, early data aside") {
    const auto f = make_facts(test::healthy().told());
    CHECK(f.client_encrypted == std::vector<std::uint32_t>{53, 214});
    CHECK(f.client_encrypted_count == 2);
    auto early = test::greeted();
    early.then(1ms, test::record_of(early, direction::to_server, 23, 500, true));
    test::finish_tls13(test::answer_tls13(early));
    CHECK(make_facts(early.told()).client_encrypted == std::vector<std::uint32_t>{53});
    auto bulk = test::greeted();
    test::finish_tls13(test::answer_tls13(bulk));
    bulk.then(1ms, records{direction::to_server, 0x0303, 0, 5, 0, bulk.now(), {{900, 2}, {70, 3}}});
    CHECK(make_facts(bulk.told()).client_encrypted == std::vector<std::uint32_t>{53, 900, 900, 70});
    CHECK(make_facts(bulk.told()).client_encrypted_count == 6);
    CHECK(make_facts(bulk.told()).client_last_encrypted == 70u);
}

TEST_CASE("the longest of what the client said since the server's last word") {
    auto on = test::greeted();
    test::finish_tls13(test::answer_tls13(on));
    CHECK(!make_facts(on.told()).client_unanswered); // a Finished
    on.then(1ms, test::record_of(on, direction::to_server, 23, 60, true));
    on.then(1ms, test::record_of(on, direction::to_server, 23, 26, true));
    CHECK(make_facts(on.told()).client_unanswered == 60u);
    CHECK(make_facts(on.told()).client_last_encrypted == 26u);
    on.then(1ms, test::record_of(on, direction::to_client, 23, 500, true));
    CHECK(!make_facts(on.told()).client_unanswered);
}

TEST_CASE("what the server sent behind the client's Finished") {
    auto on = test::greeted();
    test::finish_tls13(test::answer_tls13(on));
    CHECK(make_facts(on.told()).server_behind_finish == 0);
    CHECK(make_facts(on.told()).server_last_encrypted == 2817u);
    on.then(1ms, test::record_of(on, direction::to_client, 23, 19, true));
    CHECK(make_facts(on.told()).server_behind_finish == 1);
    CHECK(make_facts(on.told()).server_last_encrypted == 19u);
}

TEST_CASE("segments behind a gap are there now, or were once") {
    auto p = test::sample(300, 300);
    p.rcv_ooopack = 2;
    CHECK(!make_facts(test::greeted().then(1s, path{leg::server, p}).told()).server_leg.in.gap);
    p.rcv_held = 0;
    CHECK(
        make_facts(test::greeted().then(1s, path{leg::server, p}).told()).server_leg.in.gap ==
        false);
    p.rcv_held = 1232;
    CHECK(
        make_facts(test::greeted().then(1s, path{leg::server, p}).told()).server_leg.in.gap ==
        true);
}

TEST_CASE("who spoke last, and when the answer began") {
    CHECK(make_facts(test::healthy().told()).last_spoke == direction::to_client);
    CHECK(make_facts(test::healthy().told()).answered_after == 2000us);
    CHECK(make_facts(test::silent().told()).last_spoke == direction::to_server);
    CHECK(!make_facts(test::silent().told()).answered_after);
    CHECK(!make_facts(test::dialed().told()).last_spoke);
}

TEST_CASE("what is still waited for: a name, a connection") {
    auto on = test::asked();
    on.then(2s, stalled{stage::resolve, 2s});
    CHECK(make_facts(on.told()).resolving == 2s);
    on.then(0s, resolved{"x", {test::far_side.address}, "dns", 2s, ""});
    CHECK(!make_facts(on.told()).resolving);
    CHECK(make_facts(on.told()).resolve_took == 2s);
    on.then(0s, connecting{test::far_side}).then(3s, stalled{stage::connect, 3s});
    CHECK(make_facts(on.told()).connecting == 3s);
    on.then(0s, connected{test::far_side, test::far_side, 3s, 2u});
    CHECK(!make_facts(on.told()).connecting);
    CHECK(make_facts(on.told()).connect_took == 3s);
}

TEST_CASE("what was done on purpose and learned beside the flow is among the facts") {
    auto on = test::asked();
    on.then(0s, routed{{}, "", "all", "mss:1360", {"to_server stall@1460"}, true});
    on.then(0s, clamped{leg::server, "mss:1360", 1360, 1348});
    on.then(0s, faulted{direction::to_server, "stall@1460", "", "stalled", 1460});
    on.then(0s, heal_attempt{1, "", "", {}}).then(0s, heal_attempt{2, "mss:1360", "stuck", {}});
    heal_attempt_ended won;
    won.number = 2;
    won.how = "answered";
    on.then(1s, won).then(0s, healed{2, "mss:1360", 1s, false});
    seen_before before;
    before.scope = "name";
    before.succeeded = 3;
    on.then(0s, before).then(0s, investigated{"mss:536", "answered", "", 300, 1ms});
    on.then(0s, host_settings{0, 1024, 1, 15});
    const auto f = make_facts(on.told());
    CHECK(f.shape == "mss:1360");
    CHECK(f.heals);
    CHECK(f.broken.size() == 1);
    CHECK(f.clamps.size() == 1);
    CHECK(f.faults.at(0).fault == "stall@1460");
    REQUIRE(f.attempts_to_heal.size() == 2);
    CHECK(!f.attempts_to_heal[0].ended);
    CHECK(f.attempts_to_heal[1].answered());
    CHECK(f.cured->attempt == 2);
    CHECK(f.seen("name")->succeeded == 3);
    CHECK(f.seen("address") == nullptr);
    CHECK(f.test("mss:536")->outcome == "answered");
    CHECK(f.test("tls1.2") == nullptr);
    CHECK(f.settings->tcp_mtu_probing == 0u);
}

TEST_CASE("a segment's headers: the family's, and timestamps where they were agreed") {
    leg_facts leg;
    CHECK(leg.headers() == 52); // timestamps are the rule
    leg.timestamps = false;
    CHECK(leg.headers() == 40);
    leg.v6 = true;
    CHECK(leg.headers() == 60);
}
