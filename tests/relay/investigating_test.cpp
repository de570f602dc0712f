#include "investigating.hpp"

#include "flow_fixture.hpp"
#include "net/streams/tls_peer.hpp"
#include "recently.hpp"
#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using namespace std::chrono_literals;
using lines = std::vector<std::string>;

namespace {

relay::options wanted() {
    auto made = test::flow_fixture::options_of(way_in::proxy, {});
    made.investigate = true;
    made.trusted = net::x509::roots::make(test::certificates::all().ca_file).value();
    return made;
}

// A flow to a server that took a hello of 1493 bytes, and another way to it.
struct investigated_flow : test::flow_fixture {
    std::vector<test::memory_stream*> asked; // the connections beside the flow, while they are
    std::vector<std::string> last_words{8};
    bool over = false;

    investigated_flow() : test::flow_fixture(wanted()) {
        model::requested request;
        request.front = "connect";
        request.host = "releases.test";
        request.port = 443;
        flow->tell(request);
        const auto address = *parse_endpoint("192.0.2.10:443");
        flow->tell(model::connecting{address});
        flow->tell(model::connected{address, *parse_endpoint("192.0.2.1:40000"), 1ms, 0u});
        connect();
        server->sample.emplace();
        server->sample->snd_mss = 1448;
        server->sample->bytes_sent = 1493;
        server->sample->bytes_acked = 1494; // the SYN counts
        server->sample->unacked = 0;
        investigating::ways how;
        how.again = [this](std::optional<shape::clamp>) { return opened(); };
        how.address = address;
        how.target = {"releases.test", 443};
        probe::limits within;
        within.test = within.settle = within.chain = 10ms;
        flow->inquiry = std::make_unique<investigating>(
            *flow, context.get_executor(), std::move(how), within);
    }
    ~investigated_flow() {
        flow->inquiry->stop();
        finish();
        flow.reset();
    }
    net::awaitable<probe::leg> opened() {
        probe::leg leg;
        auto stream = std::make_unique<test::memory_stream>(context);
        asked.push_back(stream.get());
        stream->last_words = &last_words.at(asked.size() - 1);
        leg.stream = std::move(stream);
        co_return leg;
    }
    void client_says_hello() {
        flow->watching.saw(
            direction::to_server, test::hello_record("bazelisk-1.28.1"), flow->clock.now());
    }
    void server_resets() {
        flow->tell_path(model::leg::server);
        flow->tell_closed(model::leg::server, "peer", "rst", "ECONNRESET");
    }
    void finish() {
        over = false;
        boost::asio::co_spawn(context, flow->inquiry->finish(), [this](std::exception_ptr bug) {
            over = true;
            if (bug) std::rethrow_exception(bug);
        });
        context.restart();
        context.run();
    }
    lines verdicts() const {
        lines ids;
        for (const auto& one : told.all<model::verdict>()) ids.push_back(one.id);
        return ids;
    }
    lines tests() const {
        lines told_so;
        for (const auto& one : told.all<model::investigated>())
            told_so.push_back(one.test + " " + one.outcome);
        return told_so;
    }
};

} // namespace

TEST_CASE_METHOD(investigated_flow, "a flow that failed is told as it ended, and what tests say") {
    client_says_hello();
    server_resets();
    finish();
    CHECK(over);
    CHECK(
        tests() ==
        lines{
            "whole silent", "without-post-quantum silent", "split:midsni silent", "tls1.2 silent"});
    REQUIRE(verdicts().size() > 1);
    CHECK(verdicts().front() == "reset-after-hello");
    CHECK(told.all<model::flow_closed>().empty());
    CHECK(common.count.investigations == 0);
    const auto ended = flow->clock.now() - flow->clock.opened();
    flow->finish();
    const auto closed = told.all<model::flow_closed>();
    REQUIRE(closed.size() == 1);
    CHECK(closed[0].took < ended - 15ms); // without what was asked behind it
    CHECK(told.over->concluded->others == lines{"name-filtered"});
}

TEST_CASE_METHOD(investigated_flow, "the same place is asked once in a while") {
    client_says_hello();
    server_resets();
    CHECK(common.investigated.begin("0 192.0.2.10:443 releases.test:443", flow->clock.now()));
    finish();
    CHECK(tests().empty());
    CHECK(verdicts() == lines{"reset-after-hello"});
}

TEST_CASE_METHOD(investigated_flow, "a flow in good health is left alone") {
    client_says_hello();
    flow->tick();
    context.poll();
    CHECK(asked.empty());
    finish();
    CHECK(over);
    CHECK(asked.empty());
}

TEST_CASE_METHOD(investigated_flow, "while a flow stands still its server is asked already") {
    client_says_hello();
    server->sample->bytes_acked = 1; // the SYN alone
    server->sample->unacked = 2;
    server->sample->retransmits = std::uint8_t{3};
    flow->last_byte = flow->clock.now() - 1s;
    flow->tick(); // a stall, which may pass yet
    context.poll();
    CHECK(asked.empty());
    REQUIRE(flow->concluded());
    flow->last_byte = flow->clock.now() - 2s;
    flow->tick();
    context.restart();
    context.poll();
    CHECK(asked.size() == 3);
    CHECK_FALSE(server->was_reset);
    CHECK(client->sent.empty());
    finish();
    CHECK(tests().size() == 5);
}

TEST_CASE_METHOD(investigated_flow, "when helloscope ends nothing more is asked or told") {
    client_says_hello();
    server_resets();
    boost::asio::co_spawn(context, flow->inquiry->finish(), [this](auto) { over = true; });
    context.restart();
    context.poll();
    CHECK(asked.size() == 2);
    const auto before = told.all<model::closed>().size();
    flow->stop();
    context.restart();
    context.run();
    CHECK(over);
    CHECK(tests().empty());
    CHECK(told.all<model::closed>().size() == before); // its legs had ended
    flow->finish();
    CHECK(told.all<model::flow_closed>().size() == 1);
}

TEST_CASE("what was done lately is not done again, until it is long ago") {
    recently done(5min);
    const timestamp now{1h};
    CHECK(done.begin("a", now));
    CHECK_FALSE(done.begin("a", now + 299s));
    CHECK(done.begin("b", now));
    CHECK(done.begin("a", now + 300s));
    for (std::size_t i = 0; i < recently::most; ++i) done.begin(std::to_string(i), now + 301s);
    CHECK(done.begin("b", now + 302s)); // forgotten, for want of room
}
