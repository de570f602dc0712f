#include "flow_faults.hpp"

#include "flow_fixture.hpp"
#include "flow_runner.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::relay;

namespace {

std::vector<fault::spec> specs(std::initializer_list<std::string_view> texts) {
    std::vector<fault::spec> made;
    for (const auto text : texts) made.push_back(fault::parse_spec(text).value());
    return made;
}

// A tunnel with faults between two streams in memory.
struct breaking : test::flow_fixture {
    bool over = false;
    net::fault_setup::list live = std::make_shared<const std::vector<fault::spec>>();

    ~breaking() {
        if (over) return;
        flow->abort();
        settle();
    }
    void start(std::initializer_list<std::string_view> faults) {
        connect();
        flow->faults = std::make_unique<flow_faults>(*flow, specs(faults), [this] { return live; });
        flow->faults->wrap(context.get_executor(), false);
        boost::asio::co_spawn(context, whole(), [this](std::exception_ptr bug) {
            over = true;
            if (bug) std::rethrow_exception(bug);
        });
        settle();
    }
    net::awaitable<void> whole() {
        co_await tunnel(*flow, bytes(), bytes());
        co_await flow->faults->finish();
    }
    void become(std::initializer_list<std::string_view> faults) {
        live = std::make_shared<const std::vector<fault::spec>>(specs(faults));
    }
    void until_over() { // timers are waited for
        context.restart();
        while (!over && context.run_one() > 0) {}
        CHECK(over);
    }
    std::vector<std::string> closings() const {
        std::vector<std::string> out;
        for (const auto& one : told.all<model::closed>())
            out.push_back(
                std::string(to_string(one.of)) + " " + one.by + " " + one.how + " " + one.error);
        return out;
    }
};

} // namespace

TEST_CASE_METHOD(breaking, "a reset resets both legs, behind what had passed") {
    start({"to_client reset@3"});
    server->gives("abcdef");
    settle();
    CHECK(over);
    CHECK(client->sent == "abc");
    CHECK(client->was_reset);
    CHECK(server->was_reset);
    CHECK(
        closings() ==
        std::vector<std::string>{
            "client helloscope rst fault reset@3", "server helloscope rst fault reset@3"});
    const auto acted = told.all<model::faulted>();
    REQUIRE(acted.size() == 1);
    CHECK(acted[0].dir == direction::to_client);
    CHECK(acted[0].fault == "reset@3");
    CHECK(acted[0].offset == 3);
}

TEST_CASE_METHOD(breaking, "an alert goes back to the client and ends the flow") {
    start({"alert:unrecognized_name name=mine"});
    client->gives("hello");
    settle();
    CHECK(over);
    CHECK(server->sent.empty());
    CHECK(client->sent.size() == 7);
    CHECK(client->was_closed);
    CHECK_FALSE(client->was_reset);
    CHECK(told.all<model::faulted>().at(0).name == "mine");
}

TEST_CASE_METHOD(breaking, "what is delayed arrives before the legs close") {
    start({"latency:300ms"}); // long enough that a busy machine does not miss it
    client->gives("up");
    server->gives("down");
    client->ends();
    server->ends();
    settle();
    CHECK_FALSE(over);
    until_over();
    CHECK(server->sent == "up");
    CHECK(client->sent == "down");
    CHECK(client->sends_ended);
    CHECK(server->sends_ended);
    CHECK(client->was_closed);
    CHECK_FALSE(flow->aborted);
    CHECK(told.all<model::faulted>().size() == 2); // once each way
}

TEST_CASE_METHOD(breaking, "both ends have gone: what a stall holds keeps nobody") {
    start({"to_client stall"});
    server->gives("down");
    server->ends();
    settle();
    CHECK_FALSE(over);
    client->ends();
    settle();
    CHECK(over);
    CHECK(client->sent.empty());
}

TEST_CASE_METHOD(breaking, "faults are exchanged while the flow runs") {
    start({});
    become({"to_client stall name=a"});
    server->gives("down");
    settle();
    CHECK(client->sent.empty());
    become({});
    flow->tick();
    CHECK(client->sent == "down");
}

TEST_CASE_METHOD(breaking, "the server's bytes are seen as it sent them") {
    start({"to_client truncate:2"});
    server->gives("abcdef");
    settle();
    CHECK(client->sent == "ab");
    CHECK(flow->watching.total(direction::to_client) == 6);
}

TEST_CASE_METHOD(breaking, "a flow that is cut at its very beginning relays nothing") {
    client->gives("hello");
    start({"reset@0"});
    CHECK(over);
    CHECK(server->sent.empty());
    CHECK(client->was_reset);
}
