#include "helloscope/diagnose/inquiry.hpp"

#include "diagnose/known.hpp"
#include "support/catch.hpp"

#include <map>

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;
using lines = std::vector<std::string>;

namespace {

// Asks as long as there is a question, one at a time; the server answers what `answers` has, and
// `otherwise` happens to the rest.
lines asked_of(
    model::facts& f, const std::map<std::string, std::string>& answers,
    const std::string& otherwise) {
    lines begun;
    while (const auto test = next_test(f, begun)) {
        begun.push_back(*test);
        const auto found = answers.find(*test);
        test::tested(f, *test, found == answers.end() ? otherwise : found->second);
    }
    return begun;
}

constexpr auto small = "without-post-quantum";
constexpr auto small_cut = "without-post-quantum|split:100";
constexpr auto records = "records:every:747|split:records";

model::facts ended_by(const char* how) {
    return test::ended(test::silent_facts(), model::leg::server, how);
}

// The client rejects the certificate by an alert of TLS 1.3.
model::facts rejected() {
    auto on = test::greeted();
    test::answer_tls13(on);
    on.then(1ms, test::record_of(on, direction::to_server, 23, 19, true));
    test::end(on, model::leg::client);
    return model::make_facts(on.told());
}

// It finishes the handshake and leaves.
model::facts left() {
    auto on = test::greeted();
    test::finish_tls13(test::answer_tls13(on));
    test::end(on, model::leg::client);
    return model::make_facts(on.told());
}

} // namespace

TEST_CASE("tests are asked in an order that tells causes apart, and no more than five") {
    SECTION("a black hole: short segments pass, and how long they may be") {
        auto f = test::black_hole_facts();
        CHECK(
            asked_of(f, {{"mss:536", "answered"}, {small, "answered"}}, "silent") ==
            lines{"whole", "mss:536", "mtu:1400", "mtu:1280"});
    }
    SECTION("the larger of them") {
        auto f = test::black_hole_facts();
        CHECK(
            asked_of(
                f, {{"mss:536", "answered"}, {"mtu:1400", "answered"}, {small, "answered"}},
                "silent") == lines{"whole", "mss:536", "mtu:1400"});
    }
    SECTION("a server that reads the first segment alone") {
        auto f = test::silent_facts();
        CHECK(
            asked_of(f, {{small, "answered"}}, "silent") ==
            lines{"whole", "mss:536", small, small_cut, records});
    }
    SECTION("one that refuses what is long, or the post-quantum share") {
        auto f = test::silent_facts();
        CHECK(
            asked_of(f, {{small, "answered"}, {small_cut, "answered"}}, "silent") ==
            lines{"whole", "mss:536", small, small_cut, "padded"});
    }
    SECTION("one that never answers") {
        auto f = test::silent_facts();
        CHECK(
            asked_of(f, {}, "silent") ==
            lines{"whole", "mss:536", small, "split:midsni", "tls1.2"});
    }
    SECTION("the same with a hello that is small already") {
        auto f = test::small_facts();
        CHECK(asked_of(f, {}, "silent") == lines{"whole", "mss:536", "split:midsni", "tls1.2"});
    }
    SECTION("one that resets has read: no clamp is tried") {
        auto f = ended_by("rst");
        CHECK(asked_of(f, {}, "rst") == lines{"whole", small, "split:midsni", "tls1.2"});
    }
    SECTION("one that answers a hello like it: it is what the client's says") {
        auto f = ended_by("fin");
        CHECK(asked_of(f, {{"whole", "answered"}}, "fin") == lines{"whole", small});
    }
    SECTION("a flight that is lost in part") {
        auto f = test::gap_facts();
        CHECK(
            asked_of(f, {{"mss:536", "answered"}, {"mtu:1400", "answered"}}, "half-answered") ==
            lines{"whole", "mss:536", "mtu:1400"});
    }
}

TEST_CASE("what healing has tried is not tried again, and what is under way is not begun twice") {
    auto f = test::silent_facts();
    model::healing clamp;
    clamp.begun.number = 2;
    clamp.begun.shape = "mss:536";
    clamp.ended.emplace();
    clamp.ended->how = "silent";
    f.attempts_to_heal.push_back(clamp);
    CHECK(next_test(f, {}) == "whole");
    CHECK(next_test(f, lines{"whole"}) == small);
    CHECK(!next_test(f, lines{"whole", small})); // which have to end first
}

TEST_CASE("a hello without a name is cut in the middle") {
    auto f = test::silent_facts();
    auto hello = *f.client_hello;
    hello.server_name.reset();
    f.client_hello = std::make_shared<const wire::tls::client_hello>(hello);
    for (const auto* test : {"whole", "mss:536", small}) test::tested(f, test, "silent");
    CHECK(next_test(f, lines{"whole", "mss:536", small}) == "split:746");
}

TEST_CASE("nothing is asked where nothing is open") {
    CHECK(!next_test(test::healthy_facts(), {}));
    CHECK(!next_test(test::asked_facts(), {}));
    CHECK(!next_test(rejected(), {}));
    auto sure = test::silent_facts(); // and told by the server itself
    sure.server_alert = model::alert{direction::to_client, 2, 70};
    CHECK(!next_test(sure, {}));
    sure.server_alert->description = 50; // decode_error: of a hello cut in two?
    CHECK(next_test(sure, {}) == "whole");
    CHECK(!next_test(test::silent_facts(), lines(5, "x")));
}

TEST_CASE("certificates are fetched where the client did not like them, once, and at the end") {
    CHECK(wants_chain(rejected()));
    CHECK(wants_chain(left()));
    auto alerted = test::ended(test::healthy_facts(), model::leg::client, "fin");
    alerted.client_alert = model::alert{direction::to_server, 2, 48};
    CHECK(wants_chain(alerted));

    auto known = rejected();
    known.chain.emplace();
    CHECK(!wants_chain(known));
    auto open = rejected();
    open.first_end.reset();
    CHECK(!wants_chain(open));
    CHECK(!wants_chain(test::healthy_facts()));
    CHECK(!wants_chain(test::silent_facts()));
}
