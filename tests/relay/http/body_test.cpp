#include "http/body.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::relay::http;
using wire::front::body_framing;
using wire::front::body_kind;

namespace {

struct passed {
    std::string out;
    std::uint64_t content = 0;
    std::string error, left;
    bool done = false;
};

// The input in pieces of `step` bytes; what was not used comes again with the next piece.
passed pass(body_framing framing, written_as as, std::string_view input, std::size_t step) {
    body moving(framing, as);
    passed result;
    bytes out;
    std::string unused;
    for (std::size_t at = 0; at < input.size() && result.error.empty(); at += step) {
        unused += input.substr(at, step);
        const auto now = moving.take(as_bytes(unused), out);
        unused.erase(0, now.used);
        result.content += now.content;
        result.error = now.error;
    }
    result.out = as_text(out);
    result.left = unused;
    result.done = moving.done();
    return result;
}

constexpr body_framing chunked{body_kind::chunked, 0};

} // namespace

TEST_CASE("a body of known length passes as it is, and what follows is left") {
    const auto step = GENERATE(1U, 3U, 100U);
    const auto got = pass({body_kind::length, 5}, written_as::as_it_is, "helloGET /", step);
    CHECK(got.out == "hello");
    CHECK(got.done);
    CHECK(std::string("GET /").ends_with(got.left));
}

TEST_CASE("chunks are framed anew: extensions go, trailers stay") {
    const auto step = GENERATE(1U, 4U, 100U);
    const auto got = pass(
        chunked, written_as::chunked,
        "5;name=value\r\nhello\r\n1\r\n!\r\n0\r\nExpires: never\r\nHost: x\r\n\r\nGET /", step);
    CHECK(got.error.empty());
    CHECK(got.done);
    CHECK(got.content == 6);
    CHECK(got.out.find("name") == std::string::npos);
    CHECK(got.out.find("Host") == std::string::npos);
    CHECK(got.out.ends_with("0\r\nExpires: never\r\n\r\n"));
}

TEST_CASE("chunks without a coding for those who do not know it") {
    const auto got = pass(
        chunked, written_as::as_it_is, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 1'000);
    CHECK(got.out == "hello world");
    CHECK(got.done);
}

TEST_CASE("a chunk that two readers could see in two ways is refused") {
    struct row {
        std::string name, input;
    };
    const auto [name, input] = GENERATE(
        row{"no size", "\r\nhello"}, row{"hexadecimal prefix", "0x5\r\nA: b\r\n\r\n"},
        row{"a length in the trailers", "0\r\nContent-Length: 3\r\n\r\n"},
        row{"sign", "-5\r\nhello\r\n"}, row{"plus", "+5\r\nhello\r\n"},
        row{"more than 64 bits", "fffffffffffffffff\r\nhello\r\n"},
        row{"no line end behind the data", "5\r\nhelloX\r\n0\r\n\r\n"},
        row{"bare LF behind the size", "5\nhello\r\n0\r\n\r\n"},
        row{"bare LF behind the data", "5\r\nhello\n0\r\n\r\n"},
        row{"space before the size", " 5\r\nhello\r\n0\r\n\r\n"}, row{"garbage", "zzzz\r\n"},
        row{"a folded trailer", "5\r\n\r\n \r\n\r\n0\r\nA: 1\r\n 2\r\n\r\n"},
        row{"a trailer folded by a tab", "0\r\nA: 1\r\n\t2\r\n\r\n"},
        row{"a long trailer", "0\r\nA: " + std::string(17'000, 'x') + "\r\n\r\n"},
        row{"long trailers", "0\r\nA: " + std::string(9'000, 'x') +
                                 "\r\nB: " + std::string(9'000, 'x') + "\r\n\r\n"});
    const auto step = GENERATE(1U, 1'000U, 100'000U);
    CAPTURE(name, step);
    const auto got = pass(chunked, written_as::chunked, input, step);
    CHECK_FALSE(got.error.empty());
    CHECK_FALSE(got.done);
}

TEST_CASE("a body until close has its end when the sender ends, any other is cut") {
    bytes out;
    body open({body_kind::until_close, 0}, written_as::chunked);
    open.take(as_bytes("ab"), out);
    CHECK(open.end(out));
    CHECK(as_text(out) == "2\r\nab\r\n0\r\n\r\n");

    body known({body_kind::length, 3}, written_as::as_it_is);
    known.take(as_bytes("ab"), out);
    CHECK_FALSE(known.end(out));
    body coded(chunked, written_as::chunked);
    coded.take(as_bytes("2\r\nab\r\n"), out);
    CHECK_FALSE(coded.end(out));
}

TEST_CASE("what needs no looking at may pass in bulk") {
    body known({body_kind::length, 10}, written_as::as_it_is);
    CHECK(known.plain_left() == 10);
    known.passed(4);
    CHECK(known.plain_left() == 6);
    known.passed(6);
    CHECK(known.done());
    CHECK(body(chunked, written_as::as_it_is).plain_left() == 0);
    CHECK(body({body_kind::until_close, 0}, written_as::chunked).plain_left() == 0);
}
