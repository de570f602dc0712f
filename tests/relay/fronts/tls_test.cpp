#include "relay/fronting.hpp"
#include "wire/tls/fixtures.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using test::fronting;

TEST_CASE_METHOD(fronting, "TLS to the plain port is told what to set instead") {
    start();
    says(as_text(test::hello_record("bazelisk-1.28.1")));
    CHECK(
        status_line() ==
        "HTTP/1.1 400 this port speaks plain HTTP: set HTTPS_PROXY=http://127.0.0.1:8484");
    CHECK(front() == "tls");
    REQUIRE(told.all<model::handshake>().size() == 1); // its ClientHello is on record
    client->ends();
    settle();
    CHECK(over);
}

TEST_CASE("plain HTTP to the TLS port is told what to set instead") {
    fronting front(*parse_endpoint("127.0.0.1:4000"), way_in::tls_proxy);
    front.start();
    front.says("CONNECT registry.test:443 HTTP/1.1\r\n\r\n");
    CHECK(
        front.status_line() ==
        "HTTP/1.1 400 this port speaks TLS to the proxy: set HTTPS_PROXY=https://127.0.0.1:8484");
}
