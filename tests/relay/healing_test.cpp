#include "healing.hpp"

#include "flow_fixture.hpp"
#include "pump.hpp"
#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using namespace std::chrono_literals;

namespace {

std::string text_of(const bytes& some) { return std::string(as_text(some)); }

const std::string hello = text_of(test::hello_record("bazelisk-1.28.1"));

// What the server of a dialogue says to a first flight.
std::string answer_of(const std::string& name) {
    std::string said;
    for (const auto& turn : test::dialogue(name)) {
        if (turn.way == direction::to_client)
            said += text_of(turn.record);
        else if (!said.empty())
            break;
    }
    return said;
}
const std::string answer = answer_of("tls13");
const std::string alert = answer_of("protocol-version");

// A flow whose server leg stands, and whose other legs the test makes. Waits of the race are over
// at once: what makes a flow wait here is what the kernel says, not the clock.
struct racing : test::flow_fixture {
    using memory_stream = test::memory_stream;

    request asked;
    server_leg leg;
    std::vector<memory_stream*> others; // opened beside, in order; they are the race's
    std::vector<std::optional<shape::clamp>> clamps;
    std::vector<std::string> last_words{8}; // of the first leg and of the others
    std::size_t unreachable = 0;            // so many are not connected
    bool over = false;                      // the pump

    racing() {
        asked.target = {"registry.test", 443};
        leg.local = *parse_endpoint("192.0.2.7:40000");
        leg.address = *parse_endpoint("198.51.100.1:443");
        leg.addresses = {leg.address.address, *parse_ip_address("198.51.100.2")};
        connect();
        server->last_words = &last_words[0];
        server->sample = sample();
    }
    ~racing() { // nothing is left suspended over streams that are gone
        if (!over) flow->abort();
        settle();
        flow.reset(); // its streams leave their last words here
    }
    healing_options& healing() { return const_cast<healing_options&>(common.options.healing); }
    static model::path_sample sample(std::uint8_t retransmits = 0) {
        model::path_sample seen;
        seen.snd_mss = 1448;
        seen.advmss = 1460;
        seen.timestamps = true;
        seen.retransmits = retransmits;
        return seen;
    }
    void race(std::string_view early = "", std::string_view early_server = "") {
        leg_opener open = [this](std::size_t, std::optional<shape::clamp> clamp) {
            return opened(clamp);
        };
        request again;
        again.target = asked.target;
        leg.early = to_bytes(as_bytes(early_server));
        heal_leg(*flow, context.get_executor(), std::move(again), server_leg(leg), std::move(open));
        boost::asio::co_spawn(
            context, pump(*flow, to_bytes(as_bytes(early)), leg.early),
            [this](std::exception_ptr bug) {
                over = true;
                if (bug) std::rethrow_exception(bug);
            });
        settle();
    }
    net::awaitable<leg_beside> opened(std::optional<shape::clamp> clamp) {
        clamps.push_back(clamp);
        leg_beside made;
        if (unreachable > 0) {
            --unreachable;
            co_return made;
        }
        auto stream = std::make_unique<memory_stream>(context);
        others.push_back(stream.get());
        stream->last_words = &last_words.at(others.size());
        stream->sample = sample();
        made.stream = std::move(stream);
        made.address = *parse_endpoint("198.51.100.2:443");
        made.local = *parse_endpoint("192.0.2.7:40001");
        co_return made;
    }
    // The kernel has sent what was written so often, and nobody has acknowledged it.
    static void stick(memory_stream& leg, std::uint8_t retransmits) {
        leg.sample->retransmits = retransmits;
        leg.in_flight = leg.sent.size();
    }
    void tick() {
        flow->tick();
        settle();
    }
    void client_says(std::string_view what) {
        client->gives(what);
        settle();
    }
    // The whole hello, which then is stuck.
    void begin_stuck() {
        race();
        client_says(hello);
        stick(*server, 2);
        tick();
    }
    std::vector<std::string> story() const {
        std::vector<std::string> out;
        for (const auto& one : told.events) {
            if (const auto* made = std::get_if<model::heal_attempt>(&one.what))
                out.push_back(
                    std::to_string(made->number) + " begins " + made->shape + ": " + made->why);
            if (const auto* made = std::get_if<model::heal_attempt_ended>(&one.what))
                out.push_back(std::to_string(made->number) + " " + made->how);
            if (const auto* made = std::get_if<model::healed>(&one.what))
                out.push_back(
                    "healed by " + std::to_string(made->attempt) + " " + made->shape +
                    (made->remembered ? " again" : ""));
        }
        return out;
    }
    // Which leg is the client's now.
    bool goes_on_with(const memory_stream& one) {
        client_says("on");
        return one.sent.ends_with("on");
    }
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(racing, "a healthy flow: all passes as it comes, and nothing else happens") {
    race();
    client_says(hello.substr(0, 1448));
    CHECK(server->sent == hello.substr(0, 1448));
    client_says(hello.substr(1448));
    CHECK(server->sent == hello);
    tick();
    CHECK(flow->beside != nullptr);
    server->gives(answer);
    settle();
    CHECK(client->sent == answer);
    CHECK(flow->beside == nullptr);
    CHECK(story().empty());
    CHECK(clamps.empty());
    CHECK(flow->watching.total(direction::to_server) == hello.size());
    CHECK(flow->watching.total(direction::to_client) == answer.size());
    CHECK(goes_on_with(*server));
}

TEST_CASE_METHOD(racing, "the server's bytes wait until they may be a whole flight") {
    race(hello); // came early
    CHECK(server->sent == hello);
    server->gives(answer.substr(0, 127)); // the ServerHello
    settle();
    CHECK(client->sent.empty());
    server->gives(answer.substr(127, 800));
    settle();
    CHECK(client->sent.empty());
    server->gives(answer.substr(927));
    settle();
    CHECK(client->sent == answer);
    server->gives("more");
    settle();
    CHECK(client->sent == answer + "more");
}

TEST_CASE_METHOD(racing, "there is nothing to heal where the server speaks first") {
    SECTION("before the client") {
        race();
        server->gives("220 mail");
        settle();
        CHECK(client->sent == "220 mail");
    }
    SECTION("in the middle of the hello") {
        race();
        client_says(hello.substr(0, 100));
        server->gives(alert);
        settle();
        CHECK(client->sent == alert);
    }
    SECTION("behind the answer of a parent") {
        race("early", "220 mail");
        CHECK(client->sent == "220 mail");
        CHECK(server->sent == "early");
    }
    SECTION("by closing") {
        race();
        server->ends();
        settle();
        CHECK(client->sends_ended);
    }
    CHECK(story().empty());
    CHECK(goes_on_with(*server));
}

TEST_CASE_METHOD(racing, "what is no hello, or more than one, passes on and is not repeated") {
    SECTION("no TLS") {
        race();
        client_says("SSH-2.0-x\r\n");
        CHECK(server->sent == "SSH-2.0-x\r\n");
    }
    SECTION("early data") {
        const auto turns = test::dialogue("rfc8448-4-early-data");
        race();
        client_says(text_of(turns.front().record));
        CHECK(server->sent == text_of(turns.front().record));
    }
    SECTION("a client that goes on while it waits") {
        begin_stuck();
        REQUIRE(others.size() == 1);
        client_says("more");
        CHECK(server->sent == hello + "more");
        CHECK(story().back() == "healed by 0 ");
        CHECK(last_words[1] == hello); // and it is gone
    }
    SECTION("a client that goes on, though the leg takes no more") {
        begin_stuck();
        REQUIRE(others.size() == 1);
        server->takes(0);
        client_says("more");
        CHECK(story().back() == "healed by 0 ");
        CHECK(last_words[1] == hello);
        server->takes(10'000);
        settle();
        CHECK(server->sent == hello + "more");
    }
    server->gives("half"); // is not held back
    settle();
    CHECK(client->sent == "half");
    CHECK(goes_on_with(*server));
}

TEST_CASE_METHOD(racing, "a stuck hello is sent beside, and the first to answer is joined") {
    race();
    client_says(hello);
    stick(*server, 1);
    tick();
    CHECK(others.empty());
    stick(*server, 2);
    tick();
    REQUIRE(others.size() == 1);
    CHECK(others[0]->sent == hello);
    CHECK(clamps[0] == shape::clamp{shape::clamp::measure::mtu, 1400});
    CHECK_FALSE(server->was_reset); // it may still come through
    others[0]->gives(answer);
    settle();
    CHECK(client->sent == answer);
    CHECK(goes_on_with(*others[0]));
    CHECK(last_words[0] == hello); // and it is gone
    CHECK(
        story() == lines{
                       "1 begins : ", "2 begins mtu:1400: sent again 2 times and not acknowledged",
                       "1 given up", "2 answered", "healed by 2 mtu:1400"});
    const auto ends = told.all<model::heal_attempt_ended>();
    CHECK(ends[0].sent == hello.size());
    CHECK(ends[0].acked == 0);
    CHECK(ends[0].retransmits == 2);
    CHECK(ends[1].acked == hello.size());
    CHECK(ends[1].received == answer.size());
    CHECK(ends[1].snd_mss == 1448);
    const auto attempts = told.all<model::heal_attempt>();
    CHECK(to_string(*attempts[0].address) == "198.51.100.1:443");
    CHECK(to_string(*attempts[1].address) == "198.51.100.2:443"); // its turn
}

TEST_CASE_METHOD(racing, "the first attempt wins if it comes through at last") {
    begin_stuck();
    REQUIRE(others.size() == 1);
    server->gives(answer);
    settle();
    CHECK(client->sent == answer);
    CHECK(goes_on_with(*server));
    CHECK(last_words[1] == hello);
    CHECK(story().back() == "healed by 1 ");
    CHECK(story()[2] == "1 answered");
    CHECK(story()[3] == "2 given up");
}

TEST_CASE_METHOD(racing, "the ladder goes on while all attempts are stuck") {
    begin_stuck();
    for (std::size_t rung = 1; rung <= 5; ++rung) {
        REQUIRE(others.size() == rung);
        stick(*others.back(), 1);
        tick();
    }
    CHECK(others.size() == 5);
    const auto attempts = told.all<model::heal_attempt>();
    lines shapes;
    for (const auto& one : attempts) shapes.push_back(one.shape);
    CHECK(
        shapes ==
        lines{"", "mtu:1400", "mtu:1280", "mtu:576", "split:747", "records:744|split:records"});
    CHECK(others[3]->segments == lines{hello.substr(0, 747), hello.substr(747)});
    REQUIRE(others[4]->segments.size() == 2);
    CHECK(others[4]->sent.size() == hello.size() + 5);
    CHECK(client->sent.empty());
    others[1]->gives(answer); // any of them may win
    settle();
    CHECK(client->sent == answer);
    CHECK(goes_on_with(*others[1]));
    CHECK(story().back() == "healed by 3 mtu:1280");
}

TEST_CASE_METHOD(racing, "an alert ends the race at once") {
    begin_stuck();
    others[0]->gives(alert);
    settle();
    CHECK(client->sent == alert);
    CHECK(story()[3] == "2 alert");
    CHECK_FALSE(
        common.cures.recall({*parse_network("192.0.2.0/24"), asked.target, ""}, flow->clock.now()));
}

TEST_CASE_METHOD(racing, "a reset is answered by another attempt at once") {
    race();
    client_says(hello);
    server->breaks();
    settle();
    REQUIRE(others.size() == 1);
    CHECK(story() == lines{"1 begins : ", "1 rst", "2 begins mtu:1400: reset"});
    others[0]->gives(answer);
    settle();
    CHECK(client->sent == answer);
    CHECK(goes_on_with(*others[0]));
}

TEST_CASE_METHOD(racing, "where all are reset, the client gets the first one's reset") {
    race();
    client_says(hello);
    server->breaks();
    settle();
    for (std::size_t i = 0; i < 3; ++i) {
        REQUIRE(others.size() == i + 1);
        others[i]->breaks();
        settle();
    }
    CHECK(over);
    CHECK(others.size() == 3); // one clamp, even pieces, even records
    CHECK(story().back() == "healed by 0 ");
    CHECK(client->was_reset);
    const auto closings = told.all<model::closed>();
    REQUIRE(closings.size() == 1);
    CHECK(closings[0].of == model::leg::server);
    CHECK(closings[0].how == "rst");
}

TEST_CASE_METHOD(racing, "an attempt that is not connected makes room for the next") {
    unreachable = 2;
    begin_stuck();
    CHECK(
        story() == lines{
                       "1 begins : ", "2 begins mtu:1400: sent again 2 times and not acknowledged",
                       "2 connect", "3 begins mtu:1280: not connected", "3 connect",
                       "4 begins mtu:576: not connected"});
    REQUIRE(others.size() == 1);
    others[0]->gives(answer);
    settle();
    CHECK(story().back() == "healed by 4 mtu:576");
}

TEST_CASE_METHOD(racing, "a silent server gets one more connection, and when time is up no other") {
    healing().limits.silence = 0ms;
    race();
    client_says(hello);
    tick();
    REQUIRE(others.size() == 1);
    CHECK(clamps[0] == shape::clamp{shape::clamp::measure::mtu, 1280});
    tick();
    CHECK(others.size() == 1);
    CHECK_FALSE(others[0]->was_reset);
    healing().limits.total = 0ms;
    tick();
    CHECK_FALSE(server->was_reset);
    CHECK(last_words[1] == hello);
    CHECK(
        story() == lines{
                       "1 begins : ", "2 begins mtu:1280: acknowledged and not answered",
                       "1 unanswered", "2 given up", "healed by 0 "});
    server->gives("late");
    settle();
    CHECK(client->sent == "late");
    CHECK(goes_on_with(*server));
}

TEST_CASE_METHOD(racing, "half an answer is passed on when time is up") {
    race();
    client_says(hello);
    server->gives(answer.substr(0, 200));
    settle();
    tick();
    CHECK(client->sent.empty());
    healing().limits.total = 0ms;
    tick();
    CHECK(client->sent == answer.substr(0, 200));
    server->gives(answer.substr(200));
    settle();
    CHECK(client->sent == answer);
    CHECK(flow->beside == nullptr);
    CHECK(story().empty());
}

TEST_CASE_METHOD(racing, "segments behind a gap: the answer is too long for the path") {
    healing().limits.gap = 0ms;
    race();
    client_says(hello);
    tick();
    CHECK(others.empty());
    server->sample->rcv_held = 2304;
    tick();
    REQUIRE(others.size() == 1);
    CHECK(clamps[0] == shape::clamp{shape::clamp::measure::mtu, 1400});
    CHECK(story()[1] == "2 begins mtu:1400: segments wait behind a gap, and nothing moves");
}

TEST_CASE_METHOD(racing, "a client that leaves ends all attempts, and the pump sees how it left") {
    begin_stuck();
    REQUIRE(others.size() == 1);
    std::string how;
    SECTION("orderly") {
        client->ends();
        settle();
        how = "fin";
        CHECK(server->sends_ended);
        CHECK_FALSE(server->was_reset);
    }
    SECTION("by a reset") {
        server->in_flight = 0; // else it is waited for
        client->breaks();
        settle();
        how = "rst";
        CHECK(over);
        CHECK(server->was_reset);
    }
    CHECK(story().back() == "healed by 0 ");
    CHECK(last_words[1] == hello);
    const auto closings = told.all<model::closed>();
    REQUIRE(closings.size() == 1);
    CHECK(closings[0].of == model::leg::client);
    CHECK(closings[0].how == how);
}

TEST_CASE_METHOD(racing, "an aborted flow ends its race") {
    begin_stuck();
    REQUIRE(others.size() == 1);
    flow->abort();
    settle();
    CHECK(over);
    CHECK(last_words[1] == hello);
    CHECK(story().size() == 2); // nothing is told of its end
    REQUIRE(flow->beside != nullptr);
    bool finished = false;
    boost::asio::co_spawn(
        context, flow->beside->finish(), [&](std::exception_ptr) { finished = true; });
    settle();
    CHECK(finished);
}

TEST_CASE_METHOD(
    racing, "what worked is tried at once the next time, and forgotten when not needed") {
    const heal::place place{*parse_network("192.0.2.0/24"), asked.target, ""};
    const auto now = flow->clock.now();
    SECTION("learned") {
        begin_stuck();
        others[0]->gives(answer);
        settle();
        CHECK(common.cures.recall(place, now) == shape::parse_shape("mtu:1400").value());
    }
    SECTION("it works again") {
        common.cures.learn(place, shape::parse_shape("records:5|split:records").value(), now);
        race();
        client_says(hello);
        REQUIRE(others.size() == 1);
        CHECK(others[0]->sent.size() == hello.size() + 5);
        CHECK(server->sent == hello); // as it came, too
        others[0]->gives(answer);
        settle();
        CHECK(client->sent == answer);
        CHECK(story().back() == "healed by 2 records:5|split:records again");
        CHECK(common.cures.recall(place, now));
    }
    SECTION("the path was mended") {
        common.cures.learn(place, shape::parse_shape("mtu:1400").value(), now);
        race();
        client_says(hello);
        REQUIRE(others.size() == 1);
        server->gives(answer);
        settle();
        CHECK(story().back() == "healed by 1 ");
        CHECK_FALSE(common.cures.recall(place, now));
    }
}

TEST_CASE_METHOD(racing, "a client that fills the first leg waits for it as without healing") {
    server->takes(100);
    race();
    client_says(hello);
    CHECK(server->sent == hello.substr(0, 100));
    server->takes(10'000);
    settle();
    CHECK(server->sent == hello);
    server->gives(answer.substr(0, 127));
    settle();
    CHECK(client->sent.empty());
    server->gives(answer.substr(127));
    settle();
    CHECK(client->sent == answer);
}

TEST_CASE_METHOD(racing, "a leg that breaks while the hello is written is the pump's to tell") {
    race();
    server->refuses_writes();
    client_says(hello);
    CHECK(story().empty());
    CHECK(others.empty());
    const auto closings = told.all<model::closed>();
    REQUIRE(closings.size() == 1);
    CHECK(closings[0].of == model::leg::server);
    CHECK(closings[0].how == "rst");
}
