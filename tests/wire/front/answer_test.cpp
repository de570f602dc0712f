#include "helloscope/wire/front/answer.hpp"

#include "support/catch.hpp"

#include <algorithm>

using namespace helloscope;
using namespace helloscope::wire::front;

TEST_CASE("CONNECT is accepted with a status line and nothing else") {
    CHECK(connect_established() == "HTTP/1.1 200 Connection established\r\n\r\n");
}

TEST_CASE("an error answer says the cause to people and to machines") {
    error_answer_spec spec;
    spec.status = 502;
    spec.error = proxy_error::dns_error;
    spec.cause = "registry.test does not resolve: no such name";
    CHECK(
        error_answer(spec) == "HTTP/1.1 502 registry.test does not resolve: no such name\r\n"
                              "Proxy-Status: helloscope; error=dns_error; "
                              "details=\"registry.test does not resolve: no such name\"\r\n"
                              "Content-Type: text/plain\r\n"
                              "Content-Length: 57\r\n"
                              "Connection: close\r\n"
                              "\r\n"
                              "helloscope: registry.test does not resolve: no such name\n");
}

TEST_CASE("more fields are carried: the challenge of a 407") {
    error_answer_spec spec;
    spec.status = 407;
    spec.error = proxy_error::http_request_denied;
    const std::string challenge = "Negotiate " + std::string(2'000, 'A'); // a ticket may be long
    spec.more_fields.push_back({"Proxy-Authenticate", challenge});
    const auto answer = error_answer(spec);
    CHECK(answer.starts_with("HTTP/1.1 407 http_request_denied\r\n"));
    CHECK(answer.find("\r\nProxy-Authenticate: " + challenge + "\r\n") != answer.npos);
}

TEST_CASE("no cause breaks out of its line or its quotes") {
    struct row {
        std::string cause;
        std::string reason;
        std::string details;
    };
    for (const auto& [cause, reason, details] : {
             row{"a\r\nSet-Cookie: b", "a  Set-Cookie: b", "a  Set-Cookie: b"},
             row{"say \"a\\b\"", "say \"a\\b\"", R"(say \"a\\b\")"},
             row{"a\tb\x7f\x01\xc3\xa4", "a b????", "a b????"},
             row{std::string(1000, 'a'), std::string(max_reason_size, 'a'),
                 std::string(max_reason_size, 'a')},
         }) {
        CAPTURE(cause);
        error_answer_spec spec;
        spec.cause = cause;
        spec.more_fields.push_back({"A", "b\r\nC: d"});
        const auto answer = error_answer(spec);
        CHECK(answer.starts_with("HTTP/1.1 502 " + reason + "\r\n"));
        CHECK(answer.find("details=\"" + details + "\"\r\n") != answer.npos);
        CHECK(answer.ends_with("\r\n\r\nhelloscope: " + reason + "\n"));
        // the status line, six fields, the empty line, and a body of one line
        CHECK(std::count(answer.begin(), answer.end(), '\r') == 7);
        CHECK(std::count(answer.begin(), answer.end(), '\n') == 8);
    }
}

TEST_CASE("error types are the tokens of RFC 9209, each with its status") {
    CHECK(to_string(proxy_error::dns_timeout) == "dns_timeout");
    CHECK(recommended_status(proxy_error::dns_timeout) == 504);
    CHECK(to_string(proxy_error::destination_ip_unroutable) == "destination_ip_unroutable");
    CHECK(recommended_status(proxy_error::connection_refused) == 502);
    CHECK(recommended_status(proxy_error::connection_timeout) == 504);
    CHECK(recommended_status(proxy_error::http_request_error) == 400);
    CHECK(recommended_status(proxy_error::http_request_denied) == 403);
    CHECK(to_string(proxy_error::proxy_loop_detected) == "proxy_loop_detected");
    CHECK(recommended_status(proxy_error::proxy_loop_detected) == 502);
}

TEST_CASE("TLS on the plain port is told what to set") {
    CHECK(tls_to_plain_answer({"127.0.0.1", 8484})
              .starts_with("HTTP/1.1 400 this port speaks plain HTTP: "
                           "set HTTPS_PROXY=http://127.0.0.1:8484\r\n"));
    const auto v6 = tls_to_plain_answer({"::1", 8484});
    CHECK(v6.ends_with("plain HTTP: set HTTPS_PROXY=http://[::1]:8484\n"));
    CHECK(v6.find("error=http_request_error") != v6.npos);
}
