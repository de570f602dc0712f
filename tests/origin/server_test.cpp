#include "helloscope/origin/server.hpp"

#include "client.hpp"
#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::origin;

TEST_CASE("200 clients at once are all served") {
    const server server = server::start(test_options()).value();
    std::vector<std::unique_ptr<client>> clients;
    for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<client>(server));
    for (const auto& client : clients) CHECK(client->body_of("GET /bytes/300").size() == 300);
    CHECK(server.so_far().handshakes == 200);
    CHECK(server.so_far().handshake_failures == 0);
}

TEST_CASE("a connection above the limit is closed, and a place is free again after one ends") {
    options options = test_options();
    options.connections = 1;
    const server server = server::start(options).value();
    auto first = std::make_unique<client>(server);
    REQUIRE_FALSE(first->error());
    CHECK(client(server).error());
    CHECK(first->body_of("GET /bytes/3").size() == 3);
    first.reset();
    net::error_code error = net::asio::error::eof;
    for (int i = 0; error && i < 1'000; ++i) error = client(server).error();
    CHECK_FALSE(error);
}

TEST_CASE("stopping cuts what is open and frees the port") {
    server server = server::start(test_options()).value();
    client waiting(server);
    waiting.send("GET /slow/600000 HTTP/1.1\r\n\r\n");
    client shaking(server, "", false);
    options again = test_options();
    again.listen = server.address();
    const auto refused = server::start(again);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find(to_string(server.address())) != std::string::npos);
    server.stop();
    server.stop();
    { const origin::server ended = std::move(server); }
    CHECK(waiting.read_all().empty());
    CHECK(server::start(again)->port() == again.listen.port);
}

TEST_CASE("an address that is not ours is refused with its reason") {
    options options = test_options();
    options.listen = *parse_endpoint("192.0.2.1:0");
    const auto started = server::start(options);
    REQUIRE_FALSE(started);
    CHECK(started.error().message.find("192.0.2.1:0") != std::string::npos);
}

TEST_CASE("it listens on IPv6 as well") {
    options options = test_options();
    options.listen = *parse_endpoint("[::1]:0");
    const auto started = server::start(options);
    REQUIRE(started);
    CHECK(client(*started).body_of("GET /bytes/2").size() == 2);
}
