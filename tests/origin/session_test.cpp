#include "session.hpp"

#include "client.hpp"
#include "helloscope/origin/content.hpp"
#include "support/catch.hpp"

#include <thread>

using namespace helloscope;
using namespace helloscope::origin;

namespace {

server started(options options = test_options()) {
    return server::start(std::move(options)).value();
}

std::string content(std::size_t size, std::uint64_t seed) {
    bytes all(size);
    fill(all, 0, seed);
    return std::string(as_text(all));
}

} // namespace

TEST_CASE("requests share a connection until one asks to close it") {
    const server server = started();
    client client(server, "http/1.1");
    REQUIRE_FALSE(client.error());
    client.send("GET /bytes/5 HTTP/1.1\r\n\r\nHEAD /bytes/70000 HTTP/1.1\r\n\r\n"
                "POST /echo HTTP/1.1\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlast");
    const std::string all = client.read_all();
    CHECK(client.error() == net::asio::error::eof); // close_notify came
    const auto first_end = all.find(content(5, 0));
    REQUIRE(first_end != std::string::npos);
    CHECK(all.find("Content-Length: 70000\r\n", first_end) != std::string::npos);
    CHECK(all.ends_with("Connection: close\r\n\r\nlast"));
    CHECK(server.so_far().requests == 3);
    CHECK(server.so_far().connections == 1);
}

TEST_CASE("large content arrives whole in either direction") {
    const server server = started();
    const std::string large = content(3'000'000, 9);
    CHECK(client(server).body_of("GET /bytes/3000000?seed=9") == large);
    CHECK(client(server).body_of("POST /echo", large) == large);
    CHECK(client(server).body_of("PUT /upload", large).starts_with(R"({"length":3000000,)"));
}

TEST_CASE("chunks are read and written") {
    const server server = started();
    client client(server);
    client.send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    CHECK(client.read_until("abcde").ends_with("\r\n\r\nabcde"));
    client.send("GET /bytes/10?chunk=4 HTTP/1.1\r\nConnection: close\r\n\r\n");
    const std::string wanted = content(10, 0);
    CHECK(client.read_all().ends_with(
        "\r\n\r\n4\r\n" + wanted.substr(0, 4) + "\r\n4\r\n" + wanted.substr(4, 4) + "\r\n2\r\n" +
        wanted.substr(8) + "\r\n0\r\n\r\n"));
}

TEST_CASE("a client that waits for 100 Continue gets it") {
    const server server = started();
    client client(server);
    client.send("POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
                "Connection: close\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ok");
    CHECK(client.read_all().ends_with("\r\n\r\nok"));
}

TEST_CASE("/close ends without close_notify") {
    const server server = started();
    client client(server);
    CHECK(client.body_of("GET /close") == "closed without close_notify\n");
    CHECK(client.error() != net::asio::error::eof);
}

TEST_CASE("what is no request is answered 400") {
    const server server = started();
    for (const std::string& text : std::vector<std::string>{
             "\x16\x03\x01\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
             "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
             "GET / HTTP/1.1\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n"}) {
        client client(server);
        client.send(text);
        CHECK(client.read_until("\r\n").starts_with("HTTP/1.1 400 Bad Request"));
    }
}

TEST_CASE("a client that is silent is cut at the deadline of its stage") {
    options options = test_options();
    options.handshake_deadline = std::chrono::milliseconds(30);
    options.idle_deadline = std::chrono::milliseconds(30);
    const server server = started(options);
    client silent(server, "", false);
    char octet;
    net::error_code error;
    CHECK(silent.socket().read_some(net::asio::buffer(&octet, 1), error) == 0);
    while (server.so_far().handshake_failures == 0)
        std::this_thread::yield(); // counted after the cut
    client idle(server);
    idle.read_all();
    CHECK(server.so_far().requests == 0);
}

TEST_CASE("the log has a line for each handshake, request and failure") {
    options options = test_options();
    std::vector<std::string> lines;
    options.log = [&](const std::string& line) { lines.push_back(line.substr(line.find(": "))); };
    server server = started(options);
    CHECK(client(server).body_of("GET /bytes/1") == content(1, 0));
    {
        client plain(server, "", false);
        net::asio::write(plain.socket(), net::asio::buffer("GET / HTTP/1.1\r\n\r\n", 18));
        char octets[100];
        net::error_code error;
        while (plain.socket().read_some(net::asio::buffer(octets), error) > 0) {}
    }
    server.stop();
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == ": TLSv1.3 TLS_AES_256_GCM_SHA384 for registry.test");
    CHECK(lines[1] == ": GET /bytes/1: 200");
    CHECK(lines[2].starts_with(": handshake failed: http request"));
}
