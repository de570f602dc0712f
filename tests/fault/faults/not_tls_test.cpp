#include "../passing.hpp"

#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("TLS is answered in plain HTTP") {
    passing line({"not-tls:503"}, direction::to_server);
    line.takes(hello_record("curl-7.88"));
    CHECK(line.sent.empty());
    CHECK(line.answered.starts_with("HTTP/1.1 503 Not TLS\r\nContent-Type: text/plain\r\n"));
    CHECK(line.answered.ends_with(".\n"));
    CHECK(line.answer_closes);
    CHECK(line.did == strings{"not-tls:503: answers with HTTP 503, from 0"});
}

TEST_CASE("the server's answer is replaced") {
    passing line{"to_client not-tls@server_hello"};
    line.takes(stream_of(dialogue("tls13"), direction::to_client));
    CHECK(line.sent.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(line.ended == fault::ending::close);
}
