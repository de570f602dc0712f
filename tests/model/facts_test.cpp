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
