#include "helloscope/wire/front/body_framing.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

using enum body_kind;

parsed<body_framing> of_request(const std::string& fields, const char* version = "1.1") {
    const auto input = std::string("POST / HTTP/") + version + "\r\n" + fields + "\r\n";
    const auto head = parse_request_head(as_bytes(input));
    REQUIRE(head);
    return request_framing(*head);
}

parsed<body_framing> of_response(
    const std::string& status_line, const std::string& fields, const char* method = "GET") {
    const auto input = "HTTP/" + status_line + "\r\n" + fields + "\r\n";
    const auto head = parse_response_head(as_bytes(input));
    REQUIRE(head);
    return response_framing(*head, method);
}

} // namespace

TEST_CASE("the body of a request is what its fields say, and none without them") {
    CHECK(of_request("") == body_framing{none, 0});
    CHECK(of_request("Content-Length: 0\r\n") == body_framing{length, 0});
    CHECK(of_request("content-length:\t12 \r\n") == body_framing{length, 12});
    CHECK(of_request("Content-Length: 007\r\n") == body_framing{length, 7});
    CHECK(
        of_request("Content-Length: 9223372036854775807\r\n") ==
        body_framing{length, 9223372036854775807u});
    CHECK(of_request("Content-Length: 3\r\n", "1.0") == body_framing{length, 3});
    CHECK(of_request("Transfer-Encoding: chunked\r\n") == body_framing{chunked, 0});
    CHECK(of_request("transfer-encoding: Chunked\r\n") == body_framing{chunked, 0});
}

TEST_CASE("a request that could end in two places is refused, with the field") {
    struct row {
        const char* fields;
        const char* field;
        std::size_t offset; // behind the request line, which has 17 bytes
        const char* version = "1.1";
    };
    for (const auto& [fields, field, offset, version] : {
             row{"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length", 0},
             row{"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "Content-Length", 28},
             row{"Transfer-Encoding: chunked\r\nContent-Length: x\r\n", "Content-Length", 28},
             row{"Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length", 19},
             row{"Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length", 19},
             row{"Content-Length: 5, 5\r\n", "Content-Length", 0},
             row{"Content-Length: 5,\r\n", "Content-Length", 0},
             row{"Content-Length:\r\n", "Content-Length", 0},
             row{"Content-Length: +5\r\n", "Content-Length", 0},
             row{"Content-Length: -5\r\n", "Content-Length", 0},
             row{"Content-Length: 5 5\r\n", "Content-Length", 0},
             row{"Content-Length: 0x5\r\n", "Content-Length", 0},
             row{"Content-Length: 5.0\r\n", "Content-Length", 0},
             row{"Content-Length: 9223372036854775808\r\n", "Content-Length", 0},
             row{"Content-Length: 18446744073709551621\r\n", "Content-Length", 0},
             row{"Transfer-Encoding:\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: identity\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: chunked,\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: chunked;q=1\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: xchunked\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: \"chunked\"\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                 "Transfer-Encoding", 28},
             row{"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "Transfer-Encoding", 28},
             row{"Transfer-Encoding: chunked\r\n", "Transfer-Encoding", 0, "1.0"},
         }) {
        CAPTURE(fields);
        const auto framing = of_request(fields, version);
        REQUIRE_FALSE(framing);
        CHECK(framing.error() == parse_error{errc::malformed, 17 + offset, field});
    }
}

TEST_CASE("what hides a field from one parser of two is no head at all") {
    for (const char* field :
         {"Transfer-Encoding : chunked", "Content-Length : 5", "Content-Length: 5\x0b",
          "Transfer-Encoding:\x0b"
          "chunked",
          "\tContent-Length: 5", "A: b\r\n Content-Length: 5", "A: b\nContent-Length: 5",
          "A: b\rContent-Length: 5", "Content-Length\x80: 5"}) {
        CAPTURE(field);
        const auto input = std::string("POST / HTTP/1.1\r\n") + field + "\r\n\r\n";
        CHECK(parse_request_head(as_bytes(input)).error().code == errc::malformed);
    }
    // Other names, and no more than that.
    CHECK(of_request("Content_Length: 5\r\nTransfer_Encoding: x\r\n") == body_framing{none, 0});
    CHECK(of_request("Transfer-Encodin: x\r\nXContent-Length: y\r\n") == body_framing{none, 0});
}

TEST_CASE("the body of an answer depends on the request and the status") {
    struct row {
        const char* method;
        const char* status_line;
        const char* fields;
        body_framing framing;
    };
    for (const auto& [method, status_line, fields, framing] : {
             row{"GET", "1.1 200 OK", "Content-Length: 7\r\n", {length, 7}},
             row{"GET", "1.1 200 OK", "Transfer-Encoding: chunked\r\n", {chunked, 0}},
             row{"GET", "1.1 200 OK", "", {until_close, 0}},
             row{"GET", "1.0 200 OK", "", {until_close, 0}},
             row{"GET", "1.1 200 OK", "Content-Length: 7, 7\r\ncontent-length: 7\r\n", {length, 7}},
             row{"GET", "1.1 206 Partial", "Content-Length: 7\r\n", {length, 7}},
             row{"GET", "1.1 404 No", "Content-Length: 0\r\n", {length, 0}},
             row{"HEAD", "1.1 200 OK", "Content-Length: 7\r\n", {none, 0}},
             row{"HEAD", "1.1 200 OK", "Transfer-Encoding: chunked\r\n", {none, 0}},
             row{"HEAD", "1.1 404 No", "", {none, 0}},
             row{"GET", "1.1 304 Not Modified", "Content-Length: 7\r\n", {none, 0}},
             row{"GET", "1.1 204 No Content", "Content-Length: 7\r\n", {none, 0}},
             row{"GET", "1.1 100 Continue", "", {none, 0}},
             row{"GET", "1.1 101 Switching", "Content-Length: 7\r\n", {none, 0}},
             row{"CONNECT", "1.1 200 OK", "Content-Length: 7\r\n", {none, 0}},
             row{"CONNECT", "1.0 299 OK", "Transfer-Encoding: chunked\r\n", {none, 0}},
             row{"CONNECT", "1.1 407 No", "Content-Length: 7\r\n", {length, 7}},
             row{"CONNECT", "1.0 403 No", "", {until_close, 0}},
             row{"head", "1.1 200 OK", "Content-Length: 7\r\n", {length, 7}}, // another method
         }) {
        CAPTURE(method, status_line, fields);
        CHECK(of_response(status_line, fields, method) == framing);
    }
}

TEST_CASE("an answer that could end in two places is refused, with the field") {
    struct row {
        const char* fields;
        const char* field;
        std::size_t offset; // behind the status line, which has 17 bytes
        const char* status_line = "1.1 200 OK";
    };
    for (const auto& [fields, field, offset, status_line] : {
             row{"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length", 0},
             row{"Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length", 19},
             row{"Content-Length: 5, 6\r\n", "Content-Length", 0},
             row{"Content-Length: 5, x\r\n", "Content-Length", 0},
             row{"Content-Length: x, 5\r\n", "Content-Length", 0},
             row{"Content-Length: 5\r\nContent-Length:\r\n", "Content-Length", 19},
             row{"Content-Length: ,\r\n", "Content-Length", 0},
             row{"Content-Length: -1\r\n", "Content-Length", 0},
             row{"Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: gzip\r\n", "Transfer-Encoding", 0},
             row{"Transfer-Encoding: chunked\r\n", "Transfer-Encoding", 0, "1.0 200 OK"},
         }) {
        CAPTURE(fields);
        const auto framing = of_response(status_line, fields);
        REQUIRE_FALSE(framing);
        CHECK(framing.error() == parse_error{errc::malformed, 17 + offset, field});
    }
}
