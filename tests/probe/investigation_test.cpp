#include "helloscope/probe/investigation.hpp"

#include "diagnose/known.hpp"
#include "net/streams/tls_peer.hpp"
#include "support/catch.hpp"
#include "support/memory_stream.hpp"
#include "wire/tls/fixtures.hpp"

#include <functional>

using namespace helloscope;
using namespace std::chrono_literals;
using lines = std::vector<std::string>;

namespace {

std::string flight_in(const std::string& dialogue) {
    std::string said;
    for (const auto& turn : test::dialogue(dialogue)) {
        if (turn.way == direction::to_client)
            said += as_text(turn.record);
        else if (!said.empty())
            break;
    }
    return said;
}

// A flow that failed, as `facts` has it, and a server that does with each connection what the test
// says. All time limits are short: what a test waits for is their end.
struct asking {
    boost::asio::io_context context;
    model::facts facts = test::silent_facts();
    // What is done with a connection: the limit of its segments, its stream, and what was sent.
    std::function<void(test::memory_stream&, const std::optional<shape::clamp>&)> server =
        [](auto&, auto&) {};
    std::vector<std::unique_ptr<std::string>> sent; // on each connection
    std::vector<std::optional<shape::clamp>> limits;
    bool connects = true, allowed = true, beyond = false;
    std::size_t asked_whether = 0;
    std::vector<model::chain_fetched> chains;
    probe::limits within;
    std::unique_ptr<probe::investigation> it;
    bool over = false;

    asking() { within.test = within.settle = within.chain = 20ms; }

    probe::surroundings around() {
        probe::surroundings made;
        made.open = [this](std::optional<shape::clamp> limit) { return opened(limit); };
        if (beyond) made.open_beyond = made.open;
        made.facts = [this] { return facts; };
        made.tell = [this](model::happening what) {
            if (auto* test = std::get_if<model::investigated>(&what))
                facts.tests.push_back(*test);
            else
                chains.push_back(std::get<model::chain_fetched>(what));
        };
        made.may = [this](probe::question_kind) {
            ++asked_whether;
            return allowed;
        };
        made.name = "proxy.test";
        made.trusted = net::x509::roots::make(test::certificates::all().ca_file).value();
        return made;
    }
    net::awaitable<probe::leg> opened(std::optional<shape::clamp> limit) {
        probe::leg leg;
        limits.push_back(limit);
        if (!connects) {
            leg.error = "ECONNREFUSED";
            co_return leg;
        }
        auto stream = std::make_unique<test::memory_stream>(context);
        sent.push_back(std::make_unique<std::string>());
        stream->last_words = sent.back().get();
        server(*stream, limit);
        leg.stream = std::move(stream);
        co_return leg;
    }
    void begin() {
        it = std::make_unique<probe::investigation>(context.get_executor(), around(), within);
    }
    void finish() {
        if (!it) begin();
        boost::asio::co_spawn(context, it->finish(), [this](std::exception_ptr bug) {
            over = true;
            if (bug) std::rethrow_exception(bug);
        });
        context.restart();
        context.run();
    }
    lines story() const {
        lines out;
        for (const auto& one : facts.tests) out.push_back(one.test + " " + one.outcome);
        return out;
    }
};

constexpr auto small = "without-post-quantum";
bool is_short(const std::optional<shape::clamp>& limit) { return limit.has_value(); }

} // namespace

TEST_CASE_METHOD(asking, "a server that never answers is asked five times, and says nothing") {
    finish();
    CHECK(over);
    CHECK(
        story() == lines{
                       "whole silent", "mss:536 silent", "without-post-quantum silent",
                       "split:midsni silent", "tls1.2 silent"});
    CHECK(sent.size() == 5);
    CHECK(sent[0]->size() == 1493);
    CHECK(facts.tests[0].hello_bytes == 1493);
    CHECK(facts.tests[0].detail == "all of it acknowledged");
    CHECK(facts.tests[0].took >= 20ms);
    CHECK(asked_whether == 1);
    CHECK(chains.empty());
}

TEST_CASE_METHOD(asking, "what is answered is told with what it was") {
    facts = test::black_hole_facts();
    server = [](auto& stream, const auto& limit) {
        if (is_short(limit)) return stream.gives(flight_in("tls13"));
        stream.in_flight = 1448;
    };
    finish();
    CHECK(story() == lines{"mss:536 answered", "mtu:1400 answered", "whole silent"});
    CHECK(facts.tests[0].detail == "TLS 1.3, x25519");
    CHECK(facts.tests[0].took < 20ms);
    CHECK(facts.tests[2].detail == "1448 bytes of it not acknowledged");
    CHECK(limits[1] == shape::clamp{shape::clamp::measure::mss, 536});
}

TEST_CASE_METHOD(asking, "alerts, ends, resets and refused connections") {
    int number = 0;
    server = [&](test::memory_stream& stream, const auto&) {
        switch (number++) {
        case 0: stream.gives(flight_in("protocol-version")); break;
        case 1: stream.breaks(); break;
        case 2: stream.ends(); break;
        case 3: stream.gives("HTTP/1.1 400 no\r\n"); break;
        default: stream.gives(flight_in("tls13").substr(0, 300));
        }
    };
    finish();
    CHECK(
        story() == lines{
                       "whole alert", "mss:536 rst", "without-post-quantum fin",
                       "split:midsni not-tls", "tls1.2 half-answered"});
    CHECK(facts.tests[0].detail == "protocol_version");
    CHECK(facts.tests[4].detail == "300 bytes came");

    asking refused;
    refused.connects = false;
    refused.finish();
    CHECK(
        refused.story() ==
        lines{"whole connect", "mss:536 connect", "without-post-quantum connect"});
    CHECK(refused.facts.tests[0].detail == "ECONNREFUSED");
}

TEST_CASE_METHOD(asking, "nothing is asked that may not be, or where nothing is open") {
    allowed = false;
    finish();
    CHECK(over);
    CHECK(sent.empty());
    CHECK(asked_whether == 1);

    asking healthy;
    healthy.facts = test::healthy_facts();
    healthy.finish();
    CHECK(healthy.over);
    CHECK(healthy.sent.empty());
    CHECK(healthy.asked_whether == 0);
}

TEST_CASE_METHOD(asking, "a stop ends what is under way, and nothing of it is told") {
    within.test = within.total = std::chrono::hours(1);
    begin();
    it->look();
    CHECK(it->begun());
    context.poll();
    CHECK(limits.size() == 3);
    it->stop();
    finish();
    CHECK(over);
    CHECK(story().empty());
    it->look();
    CHECK(limits.size() == 3);
}

TEST_CASE_METHOD(asking, "all tests together have a limit") {
    within.test = std::chrono::hours(1);
    within.total = 20ms;
    finish();
    CHECK(over);
    CHECK(facts.tests.size() == 3);
}

TEST_CASE_METHOD(asking, "tests that run already are waited for at the end") {
    begin();
    it->look();
    context.poll();
    finish();
    CHECK(over);
    CHECK(facts.tests.size() == 5);
}

namespace {

// The client rejected the certificate.
model::facts rejected() {
    auto on = test::greeted();
    test::answer_tls13(on);
    on.then(1ms, test::record_of(on, direction::to_server, 23, 19, true));
    test::end(on, model::leg::client);
    return model::make_facts(on.told());
}

} // namespace

TEST_CASE_METHOD(asking, "a server that shows no certificate is said to show none") {
    facts = rejected();
    finish();
    CHECK(over);
    REQUIRE(chains.size() == 1);
    CHECK(chains[0].error == "timed out after 0.02 s");
    CHECK(chains[0].by == "direct");
    CHECK(facts.tests.empty());

    asking unreachable;
    unreachable.facts = rejected();
    unreachable.connects = false;
    unreachable.beyond = true;
    unreachable.finish();
    REQUIRE(unreachable.chains.size() == 2);
    CHECK(unreachable.chains[0].by == "parent");
    CHECK(unreachable.chains[0].error == "ECONNREFUSED");
    CHECK(unreachable.chains[1].by == "direct");
}
