#include "flow.hpp"

#include "flow_fixture.hpp"
#include "support/catch.hpp"
#include "support/flows.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using namespace std::chrono_literals;

namespace {

struct fixture : test::flow_fixture {
    void end() { flow.reset(); }
};

} // namespace

TEST_CASE_METHOD(fixture, "a flow tells its beginning and its end, and hands over its story") {
    connect();
    flow->watching.saw(direction::to_server, as_bytes("up"), flow->clock.now());
    CHECK(common.count.open == 1);
    end();
    CHECK(common.count.open == 0);
    CHECK(told.all<model::flow_opened>().size() == 1);
    const auto ends = told.all<model::flow_closed>();
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].to_server == 2);
    CHECK(std::holds_alternative<model::flow_closed>(told.events.back().what));
    REQUIRE(told.over);
    CHECK(told.over->ended);
    CHECK(told.over->flow == 1);
}

TEST_CASE_METHOD(fixture, "a flow that failed gets its verdict before its end") {
    model::connect_failed refused;
    refused.address = endpoint{{false, {127, 0, 0, 1}}, 1};
    refused.error = "ECONNREFUSED";
    model::requested asked;
    asked.front = "connect";
    asked.host = "registry.test";
    asked.port = 443;
    flow->tell(asked);
    flow->tell(model::connecting{refused.address});
    flow->tell(refused);
    flow->tell(model::answered{502, "refused", "helloscope; error=connection_refused"});
    flow->tell_closed(model::leg::client, "helloscope", "fin");
    end();
    const auto verdicts = told.all<model::verdict>();
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].id == "connect-refused");
    CHECK(std::holds_alternative<model::verdict>(told.events[told.events.size() - 2].what));
}

TEST_CASE_METHOD(fixture, "the way of a tunnel that stood before a tick is told at that, once") {
    connect();
    server->sample = model::path_sample();
    server->sample->snd_mss = 1448;
    flow->enter(model::stage::data);
    CHECK(told.all<model::path>().empty());
    flow->tick();
    flow->tick();
    const auto ways = told.all<model::path>();
    REQUIRE(ways.size() == 1);
    CHECK(ways[0].of == model::leg::server);
    CHECK(ways[0].sample.snd_mss == 1448u);
}

TEST_CASE_METHOD(
    fixture, "how long the server had been silent at the end is told, though nothing is new") {
    connect();
    server->sample = model::path_sample();
    server->sample->data_segs_in = 5;
    server->sample->last_data_recv = 100ms;
    flow->enter(model::stage::data);
    flow->tick();
    server->sample->last_data_recv = 5s;
    SECTION("of a flow that is soon over it is not asked") {
        flow->stop();
        CHECK(told.all<model::path>().size() == 1);
    }
    SECTION("of one that was open for a while it is, whoever ends it") {
        flow->clock = net::flow_clock(5s);
        SECTION("we") { flow->stop(); }
        SECTION("whoever closed the listener") { flow->leave("its listener was closed"); }
        SECTION("the deadline") {
            flow->last_byte -= std::chrono::hours(2);
            flow->tick();
        }
        const auto ways = told.all<model::path>();
        REQUIRE(ways.size() == 2);
        CHECK(ways[1].sample.last_data_recv == 5s);
    }
}

TEST_CASE_METHOD(fixture, "an idle tunnel ends at its deadline, one that moves does not") {
    connect();
    flow->tick();
    CHECK_FALSE(flow->aborted);
    flow->last_byte -= std::chrono::hours(2);
    flow->tick();
    CHECK(flow->aborted);
    CHECK(client->was_reset);
    CHECK(server->was_reset);
    const auto closings = told.all<model::closed>();
    REQUIRE(closings.size() == 1);
    CHECK(closings[0].error == "--idle-timeout");
}

TEST_CASE_METHOD(fixture, "a stop is told once") {
    connect();
    flow->stop();
    flow->stop();
    CHECK(client->was_reset);
    CHECK(told.all<model::closed>().size() == 1);
}

TEST_CASE_METHOD(fixture, "dialogue of the front stays on the client leg") {
    flow->tell_dialogue(direction::to_server, "CONNECT xxx");
    REQUIRE(told.pieces.size() == 1);
    CHECK(told.pieces[0].on == trace::legs::client);
    CHECK(told.pieces[0].length == 11);
    CHECK(told.pieces[0].flow == 1);
}

TEST_CASE_METHOD(fixture, "a stall is told after a second") {
    connect();
    flow->last_byte -= std::chrono::milliseconds(900);
    flow->tick();
    CHECK(told.all<model::stalled>().empty());
    flow->last_byte -= std::chrono::milliseconds(200);
    flow->tick();
    flow->tick();
    REQUIRE(told.all<model::stalled>().size() == 1);
    CHECK(told.all<model::stalled>()[0].at == model::stage::hello);
    CHECK(told.all<model::host_settings>().empty()); // nothing failed
}

TEST_CASE_METHOD(fixture, "what lies beside a flow is told once, with its first verdict") {
    connect();
    const auto before = test::greeted();
    for (const auto& one : before.events()) flow->tell(one.what);
    flow->tell_closed(model::leg::server, "peer", "rst", "ECONNRESET");
    end();
    REQUIRE(told.all<model::verdict>().size() == 1);
    CHECK(told.all<model::verdict>()[0].id == "reset-after-hello");
    CHECK(told.all<model::host_settings>().size() == 1);
}

TEST_CASE_METHOD(fixture, "that a flow heals, as all do, is told once it matters") {
    connect();
    flow->put_off_healing();
    SECTION("with a verdict") {
        const auto before = test::greeted();
        for (const auto& one : before.events()) flow->tell(one.what);
        flow->tell_closed(model::leg::server, "peer", "rst", "ECONNRESET");
        end();
        REQUIRE(told.all<model::routed>().size() == 1);
        CHECK(told.all<model::routed>()[0].heals);
        REQUIRE(told.over);
        CHECK(model::make_facts(*told.over).heals);
    }
    SECTION("not of a flow that is well") {
        end();
        CHECK(told.all<model::routed>().empty());
    }
}

TEST_CASE_METHOD(fixture, "a new stage begins to wait anew") {
    flow->last_byte -= std::chrono::seconds(5);
    flow->enter(model::stage::resolve);
    flow->tick();
    CHECK(told.all<model::stalled>().empty());
    flow->last_byte -= std::chrono::seconds(3);
    flow->tick();
    CHECK(told.all<model::stalled>().size() == 1);
}

TEST_CASE_METHOD(fixture, "a tunnel that nobody uses does not stall") {
    connect();
    flow->enter(model::stage::data);
    flow->last_byte -= std::chrono::seconds(5);
    flow->tick();
    CHECK(told.all<model::stalled>().empty());
}

TEST_CASE_METHOD(fixture, "a silent tunnel is passed over until its next look, or until it moves") {
    connect();
    flow->enter(model::stage::data);
    flow->last_byte -= std::chrono::seconds(5);
    for (int i = 0; i < 3; ++i) flow->sweep(); // the looks after 1, 2 and 4 seconds; the next: 7
    SECTION("it rests, and then it is looked at again") {
        flow->last_byte -= std::chrono::hours(2); // which a tick would notice
        int passed_over = 0;
        for (; !flow->aborted && passed_over < 100; ++passed_over) flow->sweep();
        CHECK(passed_over > 4);
        CHECK(passed_over < 10);
    }
    SECTION("a byte ends the rest") {
        flow->touch();
        flow->last_byte -= std::chrono::hours(2);
        flow->sweep();
        CHECK(flow->aborted);
    }
}

TEST_CASE_METHOD(fixture, "a handshake that stands still does not rest in the first seconds") {
    connect();
    flow->last_byte -= std::chrono::seconds(3);
    for (int i = 0; i < 3; ++i) flow->sweep();
    flow->last_byte -= std::chrono::hours(2); // it did not rest
    flow->sweep();
    CHECK(flow->aborted);
}

TEST_CASE_METHOD(fixture, "a handshake that stands still for long rests between looks") {
    connect();
    flow->last_byte -= std::chrono::seconds(20);
    flow->sweep(); // the next look: 25
    flow->last_byte -= std::chrono::hours(2);
    int passed_over = 0;
    for (; !flow->aborted && passed_over < 100; ++passed_over) flow->sweep();
    CHECK(passed_over > 15);
    CHECK(passed_over < 25);
}

TEST_CASE("a silent tunnel does not rest past its deadline") {
    auto wanted = fixture::options_of(way_in::proxy, {});
    wanted.limits.idle = std::chrono::seconds(6);
    test::flow_fixture of(std::move(wanted));
    of.connect();
    of.flow->enter(model::stage::data);
    of.flow->last_byte -= std::chrono::seconds(5);
    for (int i = 0; i < 3; ++i) of.flow->sweep();
    of.flow->last_byte -= std::chrono::hours(2);
    int passed_over = 0;
    for (; !of.flow->aborted && passed_over < 100; ++passed_over) of.flow->sweep();
    CHECK(passed_over <= 5);
}
