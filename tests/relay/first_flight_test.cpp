#include "first_flight.hpp"

#include "flow_fixture.hpp"
#include "helloscope/policy/route.hpp"
#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;

namespace {

struct shaping : test::flow_fixture {
    bool over = false;

    shaping() = default;
    explicit shaping(options wanted) : flow_fixture(std::move(wanted)) {}
    ~shaping() {
        if (over) return;
        flow->abort();
        settle();
    }
    void start(std::string_view how, std::string_view early = "") {
        connect();
        auto route = std::make_shared<policy::route>();
        route->shaping = shape::parse_shape(how).value();
        flow->route = std::move(route);
        boost::asio::co_spawn(
            context, pump(*flow, to_bytes(as_bytes(early))), [this](std::exception_ptr bug) {
                over = true;
                if (bug) std::rethrow_exception(bug);
            });
        settle();
    }
    void says(std::string_view what) {
        client->gives(what);
        settle();
    }
    template <class Done> void run_until(Done done) {
        context.restart();
        while (!done()) context.run_one();
    }
    model::shaped shaped() const {
        const auto told_of = told.all<model::shaped>();
        REQUIRE(told_of.size() == 1);
        return told_of[0];
    }
    std::string kept(trace::legs on) const {
        std::string all;
        for (const auto& one : told.pieces)
            if (one.on == on) all += as_text(one.body);
        return all;
    }
};

std::string hello(const char* client = "curl-7.88") {
    return std::string(as_text(test::hello_record(client)));
}

using numbers = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("however a hello comes, it is held until it is whole and leaves as planned") {
    const auto whole = hello();
    for (std::size_t cut = 0; cut < whole.size(); cut += 1 + (cut > 12) * 50) {
        shaping one;
        one.start("split:sni,-1", whole.substr(0, cut));
        CHECK(one.server->sent.empty());
        one.says(whole.substr(cut));
        CHECK(one.server->sent == whole);
        REQUIRE(one.server->segments.size() == 3);
        CHECK(one.server->segments[1].starts_with("releases.test"));
        CHECK(one.server->segments[2] == whole.substr(whole.size() - 1));
        CHECK(one.shaped().writes.size() == 3);
        CHECK(one.shaped().shape == "split:sni,-1");
        CHECK(one.shaped().note.empty());
        CHECK(one.flow->stage() == model::stage::server_flight);
    }
}

TEST_CASE_METHOD(shaping, "a hello that came early, whole, is shaped at once") {
    start("records:1|split:records", hello());
    CHECK(server->segments.size() == 2);
    CHECK(shaped().records == numbers{1, 511});
    CHECK(shaped().writes == numbers{6, 516});
}

TEST_CASE_METHOD(shaping, "what comes behind the hello passes untouched, and all later bytes too") {
    start("records:sni+2|split:records");
    says(hello() + "behind");
    REQUIRE(server->segments.size() == 2);
    CHECK(server->sent == server->segments[0] + server->segments[1] + "behind");
    says("later");
    CHECK(server->sent.ends_with("behindlater"));
    CHECK(server->segments.size() == 2);
    server->gives("answer");
    settle();
    CHECK(client->sent == "answer");
    client->ends();
    server->ends();
    settle();
    CHECK(over);
}

TEST_CASE_METHOD(shaping, "the recording has each leg as it was") {
    start("records:1");
    says(hello());
    CHECK(kept(trace::legs::client) == hello());
    CHECK(kept(trace::legs::server) == server->sent);
    CHECK(server->sent.size() == hello().size() + 5);
    says(std::string("\x14\x03\x03\x00\x01\x01", 6));
    CHECK(kept(trace::legs::both) == std::string("\x14\x03\x03\x00\x01\x01", 6));
}

TEST_CASE_METHOD(shaping, "what is no TLS is cut where bytes are counted, and told by its length") {
    start("split:4,sni");
    says("EHLO a.test");
    CHECK(server->segments == texts{"EHLO", " a.test"});
    CHECK(shaped().note == "split:sni: not TLS");
    CHECK(kept(trace::legs::server).empty());
    says(" more");
    CHECK(server->sent == "EHLO a.test more");
}

TEST_CASE_METHOD(shaping, "the server may speak first while the client is waited for") {
    start("split:4");
    server->gives("220 ready");
    settle();
    CHECK(client->sent == "220 ready");
    says("QUIT");
    CHECK(server->sent == "QUIT");
    CHECK(shaped().note == "split:4: not inside the 4 bytes");
}

TEST_CASE_METHOD(shaping, "a hello that ends inside goes on as it came, with the client's FIN") {
    start("split:1");
    says(hello().substr(0, 100));
    CHECK(server->sent.empty());
    client->ends();
    settle();
    CHECK(server->sent == hello().substr(0, 100));
    CHECK(server->sends_ended);
    CHECK(shaped().writes == numbers{100});
    CHECK(shaped().note == "sent as it came: the client ended inside it");
}

TEST_CASE_METHOD(
    shaping, "a client that breaks inside its hello breaks the server leg, behind it") {
    start("split:1");
    says(hello().substr(0, 100));
    client->breaks();
    settle();
    CHECK(over);
    CHECK(server->sent == hello().substr(0, 100));
    CHECK(server->was_reset);
}

TEST_CASE_METHOD(shaping, "a client that says nothing and ends is passed on as that") {
    start("split:1");
    client->ends();
    settle();
    CHECK(server->sends_ended);
    CHECK(told.all<model::shaped>().empty());
}

TEST_CASE_METHOD(shaping, "a server that takes nothing ends it") {
    start("split:1,2");
    server->refuses_writes();
    says(hello());
    CHECK(shaped().writes.empty());
    server->ends();
    client->ends();
    settle();
    CHECK(over);
}

TEST_CASE_METHOD(shaping, "writes wait between each other as long as the pause says") {
    start("split:1,2|pause:1ms");
    says(hello());
    CHECK(server->segments.size() == 1);
    run_until([&] { return server->segments.size() == 3; });
    CHECK(shaped().took >= 2ms);
    CHECK(server->sent == hello());
}

TEST_CASE_METHOD(shaping, "a client that leaves ends the pauses") {
    start("split:1,2|pause:60s");
    says(hello());
    CHECK(server->segments.size() == 1);
    client->ends();
    run_until([&] { return server->segments.size() == 3; });
    CHECK(server->sent == hello());
}

TEST_CASE_METHOD(shaping, "an abort ends a pause, and what was sent until then is told") {
    start("split:1,2|pause:60s");
    says(hello());
    flow->abort();
    settle();
    CHECK(over);
    CHECK(shaped().writes == numbers{1});
}

TEST_CASE_METHOD(shaping, "a piece that is acknowledged lets the next one go") {
    start("split:1,2|pause:acked"); // in memory all is, at once
    says(hello());
    CHECK(server->segments.size() == 3);
}

TEST_CASE_METHOD(shaping, "small segments are those of the handshake, both ways, and end with it") {
    start("mss:hello:100");
    std::size_t up = 0, down = 0;
    for (const auto& [way, record] : test::dialogue("tls13")) {
        const bool upwards = way == direction::to_server;
        (upwards ? client : server)->gives(as_text(record));
        settle();
        (upwards ? up : down) += record.size();
        if (flow->stage() == model::stage::data) break;
    }
    REQUIRE(flow->stage() == model::stage::data);
    CHECK(server->sent.size() == up);
    CHECK(client->sent.size() == down);
    for (const auto* leg : {server, client}) {
        CHECK(leg->segments.size() >= leg->sent.size() / 100);
        for (const auto& one : leg->segments) CHECK(one.size() <= 100);
    }
    const auto before = server->segments.size();
    says(std::string(1'000, 'x'));
    CHECK(server->segments.size() == before);
    CHECK(server->sent.size() == up + 1'000);
}

TEST_CASE("a hello that takes too long goes on as it came, and the rest of it behind") {
    auto hasty = test::flow_fixture::options_of(way_in::proxy, {});
    hasty.limits.hold = 0ms;
    shaping one(std::move(hasty));
    one.start("split:1");
    one.says(hello().substr(0, 100));
    CHECK(one.server->sent == hello().substr(0, 100));
    CHECK(one.shaped().note == "sent as it came: no whole ClientHello within 0 s (--hold-timeout)");
    one.says(hello().substr(100));
    CHECK(one.server->sent == hello());
    CHECK(one.flow->stage() == model::stage::server_flight);
}
