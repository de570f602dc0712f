#include "relay/fronting.hpp"

using namespace helloscope;
using namespace helloscope::relay;
using test::fronting;

TEST_CASE_METHOD(fronting, "a PROXY protocol header names the client, however it is cut") {
    const auto step = GENERATE(1U, 5U, 100U);
    options().accept_haproxy = true;
    start();
    const std::string all = "PROXY TCP4 192.0.2.7 192.0.2.1 5000 443\r\n"
                            "CONNECT registry.test:443 HTTP/1.1\r\n\r\n";
    for (std::size_t at = 0; at < all.size(); at += step) says(all.substr(at, step));
    REQUIRE(asked);
    CHECK(flow->introduced == *parse_endpoint("192.0.2.7:5000"));
    const auto introductions = told.all<model::proxy_protocol>();
    REQUIRE(introductions.size() == 1);
    CHECK(introductions[0].version == 1);
    CHECK(introductions[0].destination == *parse_endpoint("192.0.2.1:443"));
}

TEST_CASE_METHOD(fronting, "without the header there is no flow") {
    options().accept_haproxy = true;
    start();
    says("CONNECT registry.test:443 HTTP/1.1\r\n\r\n");
    CHECK(over);
    CHECK_FALSE(asked);
    CHECK(client->was_reset);
    const auto answers = told.all<model::answered>();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].reason.find("--accept-haproxy-protocol") != std::string::npos);
    CHECK(client->sent.empty());
}

TEST_CASE_METHOD(fronting, "a header that nobody asked for is refused with a hint") {
    start();
    says("PROXY TCP4 192.0.2.7 192.0.2.1 5000 443\r\n");
    CHECK(status_line().find("takes it with --accept-haproxy-protocol") != std::string::npos);
}
