#include "reply.hpp"

#include "support/catch.hpp"

using namespace helloscope::origin;

namespace {

head_options client(bool http_1_0, bool keep_alive) {
    head_options options;
    options.http_1_0 = http_1_0;
    options.keep_alive = keep_alive;
    return options;
}

} // namespace

TEST_CASE("a head with a length") {
    const reply reply = text_reply(404, "none\n");
    CHECK(
        head_text(reply, client(false, true)) ==
        "HTTP/1.1 404 Not Found\r\nServer: helloscope\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n"
        "Connection: keep-alive\r\n\r\n");
}

TEST_CASE("a body without a length is chunked, or ends with the connection for HTTP/1.0") {
    reply reply;
    reply.content_type = "a/b";
    CHECK(
        head_text(reply, client(false, true)) ==
        "HTTP/1.1 200 OK\r\nServer: helloscope\r\nContent-Type: a/b\r\n"
        "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n");
    CHECK(
        head_text(reply, client(true, true)) ==
        "HTTP/1.1 200 OK\r\nServer: helloscope\r\nContent-Type: a/b\r\n"
        "Connection: close\r\n\r\n");
}

TEST_CASE("a connection is kept when both sides want it") {
    reply reply = text_reply(200, "");
    CHECK(keeps_alive(reply, client(false, true)));
    CHECK(keeps_alive(reply, client(true, true)));
    CHECK_FALSE(keeps_alive(reply, client(false, false)));
    reply.after = ending::cut;
    CHECK_FALSE(keeps_alive(reply, client(false, true)));
}

TEST_CASE("a chunk's head is its size in hex") {
    CHECK(chunk_head(0) == "0\r\n");
    CHECK(chunk_head(8'000) == "1f40\r\n");
}
