#include "http/exchange.hpp"

#include "relay/flow_fixture.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using ending = http::outcome::ending;

namespace {

// One exchange between two memory streams, led step by step.
struct exchanging : test::flow_fixture {
    stream_reader from_client{flow->client, buffers};
    std::unique_ptr<stream_reader> from_server;
    http::request_plan plan;
    std::optional<http::exchange> now;
    std::optional<http::outcome> done;

    ~exchanging() {
        if (done) return;
        flow->abort();
        settle();
    }
    void asks(const std::string& text) {
        connect();
        flow->watching.expect_plain();
        from_client.put(as_bytes(text));
        const auto head = wire::front::parse_request_head(from_client.unused());
        REQUIRE(head);
        const auto understood = http::plan_request(*head, "helloscope-test");
        REQUIRE(understood);
        plan = *understood;
        from_client.spend(plan.size);
        from_server = std::make_unique<stream_reader>(flow->server, buffers);
        now.emplace(*flow, from_client, *from_server, plan, plan.origin_head);
        boost::asio::co_spawn(
            context, now->run(), [this](std::exception_ptr bug, http::outcome got) {
                if (bug) std::rethrow_exception(bug);
                done = std::move(got);
            });
        settle();
    }
    void answers(std::string_view text) {
        server->gives(text);
        settle();
    }
    void says(std::string_view text) {
        client->gives(text);
        settle();
    }
};

const std::string get = "GET http://registry.test/ HTTP/1.1\r\nHost: registry.test\r\n\r\n";

std::string post(std::string_view fields) {
    return "POST http://registry.test/ HTTP/1.1\r\nHost: registry.test\r\n" + std::string(fields) +
           "\r\n";
}

} // namespace

TEST_CASE_METHOD(exchanging, "a request and its answer, however the answer is cut") {
    const auto step = GENERATE(1U, 7U, 1'000U);
    asks(get);
    CHECK(server->sent.starts_with("GET / HTTP/1.1\r\nHost: registry.test\r\nVia: "));
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    for (std::size_t at = 0; at < answer.size(); at += step) answers(answer.substr(at, step));
    REQUIRE(done);
    CHECK(done->how == ending::done);
    CHECK(done->client_stays);
    CHECK(done->server_stays);
    CHECK(client->sent.ends_with("\r\n\r\nhello"));
    const auto told_exchanges = told.all<model::exchanged>();
    REQUIRE(told_exchanges.size() == 1);
    CHECK(told_exchanges[0].method == "GET");
    CHECK(told_exchanges[0].status == 200);
    CHECK(told_exchanges[0].response_bytes == 5);
}

TEST_CASE_METHOD(exchanging, "the body waits for 100 Continue, and interim answers pass") {
    asks(post("Content-Length: 3\r\nExpect: 100-continue\r\n"));
    answers("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
    CHECK(client->sent.starts_with("HTTP/1.1 100 Continue\r\n"));
    CHECK(client->sent.find("HTTP/1.1 103 Early Hints\r\nLink: x\r\n") != std::string::npos);
    CHECK_FALSE(done);
    says("abc");
    CHECK(server->sent.ends_with("\r\n\r\nabc"));
    answers("HTTP/1.1 204 No Content\r\n\r\n");
    REQUIRE(done);
    CHECK(done->client_stays);
}

TEST_CASE_METHOD(exchanging, "an answer before the body is over ends the client's connection") {
    asks(post("Content-Length: 1000\r\n"));
    says("abc");
    answers("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(done);
    CHECK(client->sent.ends_with("\r\nConnection: close\r\n\r\n"));
    CHECK(done->how == ending::done);
    CHECK_FALSE(done->client_stays);
    CHECK_FALSE(done->server_stays);
}

TEST_CASE_METHOD(exchanging, "chunked both ways, and nothing else of the framing passes") {
    asks(post("Transfer-Encoding: chunked\r\n"));
    says("3;x=y\r\nabc\r\n0\r\n\r\n");
    CHECK(server->sent.ends_with("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
    answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    REQUIRE(done);
    CHECK(client->sent.ends_with("\r\n\r\n2\r\nok\r\n0\r\n\r\n"));
    CHECK(done->client_stays);
}

TEST_CASE_METHOD(exchanging, "a bad chunk of the client is its own fault") {
    asks(post("Transfer-Encoding: chunked\r\n"));
    says("0x3\r\nabc\r\n0\r\n\r\n");
    REQUIRE(done);
    CHECK(done->how == ending::no_answer);
    CHECK(done->status == 400);
}

TEST_CASE_METHOD(exchanging, "a server that says nothing, half a head or no HTTP gets no answer") {
    struct row {
        std::string says, words;
        bool may_repeat;
    };
    const auto [text, words, may_repeat] = GENERATE(
        row{"", "closed the connection without an answer", true},
        row{"HTTP/1.1 200 OK\r\nCont", "closed the connection in the head of its answer", false},
        row{"SSH-2.0-OpenSSH\r\n", "did not answer in HTTP/1", false});
    CAPTURE(text);
    asks(get);
    server->gives(text);
    server->ends();
    settle();
    REQUIRE(done);
    CHECK(done->how == ending::no_answer);
    CHECK(done->words.starts_with(words));
    CHECK(done->may_repeat == may_repeat);
    CHECK(client->sent.empty());
}

TEST_CASE_METHOD(exchanging, "only what may be done twice is repeated") {
    struct row {
        std::string method;
        bool may_repeat;
    };
    const auto [method, may_repeat] = GENERATE(
        row{"HEAD", true}, row{"DELETE", true}, row{"POST", false}, row{"PATCH", false},
        row{"get", false});
    CAPTURE(method);
    asks(method + " http://registry.test/ HTTP/1.1\r\nHost: registry.test\r\n\r\n");
    server->ends();
    settle();
    REQUIRE(done);
    CHECK(done->may_repeat == may_repeat);
}

TEST_CASE_METHOD(exchanging, "a body that is cut is never taken for the whole") {
    const std::string framing = GENERATE("Content-Length: 10", "Transfer-Encoding: chunked");
    asks(get);
    answers("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n5\r\nab");
    server->ends();
    settle();
    REQUIRE(done);
    CHECK(done->how == ending::cut);
    CHECK(client->was_reset);
}

TEST_CASE_METHOD(exchanging, "HEAD, 204 and 304 have no body, whatever they say of its length") {
    asks("HEAD http://registry.test/ HTTP/1.1\r\nHost: registry.test\r\n\r\n");
    answers("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    REQUIRE(done);
    CHECK(done->client_stays);
    CHECK(client->sent.find("Content-Length: 1000\r\n") != std::string::npos);
}

TEST_CASE_METHOD(exchanging, "another protocol begins behind 101") {
    asks("GET http://registry.test/ HTTP/1.1\r\nHost: registry.test\r\nConnection: Upgrade\r\n"
         "Upgrade: websocket\r\n\r\n");
    answers("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            "early");
    REQUIRE(done);
    CHECK(done->how == ending::upgraded);
    CHECK(client->sent.find("Upgrade: websocket\r\n") != std::string::npos);
    CHECK(as_text(from_server->unused()) == "early");
}

TEST_CASE_METHOD(exchanging, "no other protocol begins before the request is over") {
    asks(post("Content-Length: 10\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"));
    says("half");
    answers("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    REQUIRE(done);
    CHECK(done->how == ending::no_answer);
    CHECK(done->words == "switched protocols before it had the whole request");
    CHECK(client->sent.empty());
}

TEST_CASE_METHOD(exchanging, "a client that goes away while it waits ends the exchange") {
    asks(get);
    client->ends();
    settle();
    REQUIRE(done);
    CHECK(done->how == ending::cut);
    CHECK(server->was_reset);
}
