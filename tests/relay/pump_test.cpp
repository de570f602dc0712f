#include "pump.hpp"

#include "flow_fixture.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::relay;

namespace {

struct pumping : test::flow_fixture {
    bool over = false;

    ~pumping() { // nothing is left suspended over streams that are gone
        if (over) return;
        flow->abort();
        settle();
    }
    void start(std::string_view early = "") {
        connect();
        start_with(early, "");
    }
    void start_with(std::string_view from_client, std::string_view from_server) {
        boost::asio::co_spawn(
            context, pump(*flow, to_bytes(as_bytes(from_client)), to_bytes(as_bytes(from_server))),
            [this](std::exception_ptr bug) {
                over = true;
                if (bug) std::rethrow_exception(bug);
            });
        settle();
    }
    std::vector<std::string> closings() const {
        std::vector<std::string> out;
        for (const auto& one : told.all<model::closed>())
            out.push_back(std::string(to_string(one.of)) + " " + one.by + " " + one.how);
        return out;
    }
};

} // namespace

TEST_CASE_METHOD(pumping, "what either side sends reaches the other, early bytes first") {
    start("early ");
    client->gives("up");
    server->gives("down");
    settle();
    CHECK(server->sent == "early up");
    CHECK(client->sent == "down");
    CHECK_FALSE(over);
    client->ends();
    server->ends();
    settle();
    CHECK(over);
}

TEST_CASE_METHOD(pumping, "a half-close passes alone, and the other way goes on") {
    start();
    client->gives("all of it");
    client->ends();
    settle();
    CHECK(server->sent == "all of it");
    CHECK(server->sends_ended);
    CHECK_FALSE(client->sends_ended);
    CHECK_FALSE(over);
    server->gives("an answer");
    server->ends();
    settle();
    CHECK(client->sent == "an answer");
    CHECK(client->sends_ended);
    CHECK(over);
    CHECK_FALSE(flow->aborted);
    CHECK(closings() == std::vector<std::string>{"client peer fin", "server peer fin"});
}

TEST_CASE_METHOD(pumping, "a reset passes as a reset, behind what was sent before it") {
    start();
    server->gives("last words");
    server->breaks();
    settle();
    CHECK(over);
    CHECK(client->sent == "last words");
    CHECK(client->was_reset);
    CHECK(flow->aborted);
    CHECK(closings() == std::vector<std::string>{"server peer rst"});
}

TEST_CASE_METHOD(pumping, "a leg that takes no more is still read to its end") {
    start();
    server->gives("an early error answer");
    server->refuses_writes();
    client->gives("an upload");
    settle();
    server->ends(); // the reset was told to the writer: the reader sees an end
    settle();
    CHECK(over);
    CHECK(client->sent == "an early error answer");
    CHECK(client->was_reset);
    CHECK_FALSE(client->sends_ended);
}

TEST_CASE_METHOD(pumping, "a leg that had ended its sending and then breaks resets the other") {
    start();
    server->ends();
    settle();
    CHECK(client->sends_ended);
    server->refuses_writes();
    client->gives("too late");
    settle();
    CHECK(over);
    CHECK(client->was_reset);
}

TEST_CASE_METHOD(pumping, "a slow reader holds back the sender, and nothing is lost") {
    start();
    server->takes(3);
    client->gives("more than three bytes");
    settle();
    CHECK(server->sent == "mor");
    CHECK_FALSE(over);
    server->takes(5);
    settle();
    CHECK(server->sent == "more tha");
    server->takes(1'000);
    settle();
    CHECK(server->sent == "more than three bytes");
}

TEST_CASE_METHOD(pumping, "a recorder that must lose nothing makes the flow wait") {
    start();
    told.full = true;
    client->gives("bytes");
    settle();
    CHECK(server->sent.empty());
    told.full = false;
    while (server->sent.empty()) context.run_one();
    CHECK(server->sent == "bytes");
}

TEST_CASE_METHOD(pumping, "an abort ends both directions wherever they wait") {
    start();
    server->takes(0);
    client->gives("stuck");
    settle();
    flow->abort();
    settle();
    CHECK(over);
    CHECK(closings().empty()); // whoever aborts says why
}

TEST_CASE_METHOD(pumping, "a flow that is cut by its early bytes is over, and sends no more") {
    connect();
    client->when_written = [this] { flow->cut(); };
    start_with("hello", "early answer");
    CHECK(over);
    CHECK(client->sent == "early answer");
    CHECK(server->sent.empty());
}

TEST_CASE_METHOD(pumping, "a flow that is cut by its early bytes does not wait for more") {
    connect();
    client->when_written = [this] { flow->cut(); };
    start_with("", "early answer");
    CHECK(over);
}

TEST_CASE_METHOD(pumping, "reads in bulk allocate nothing") {
    start();
    // Past the handshake of a tunnel without TLS, and past what is told singly.
    std::string chunk(1'000, 'x');
    const auto move = [&] {
        client->gives(chunk);
        settle();
        server->sent.clear();
    };
    for (int i = 0; i < 300; ++i) move();
    const auto before = test::allocations();
    for (int i = 0; i < 300; ++i) move();
    CHECK(test::allocations() - before == 0);
}

TEST_CASE_METHOD(pumping, "a client that leaves a handshake behind does not keep the flow") {
    start();
    const auto hello = test::hello_record("curl-7.88");
    client->gives(as_text(hello));
    client->ends();
    settle();
    CHECK(server->sends_ended);
    CHECK_FALSE(over); // the server may still answer: an alert, say
    while (!over) context.run_one();
    CHECK(server->was_reset);
    const auto closings = told.all<model::closed>();
    REQUIRE(closings.size() == 2);
    CHECK(closings[1].how == "timeout");
}

TEST_CASE_METHOD(pumping, "a stop does not wait for a server that a client left behind") {
    start();
    client->gives(as_text(test::hello_record("curl-7.88")));
    client->ends();
    settle();
    flow->stop();
    settle();
    CHECK(over);
}
