#include "helloscope/wire/front/response_head.hpp"

#include "support/catch.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

using namespace std::string_literals;

const std::string refusal = "HTTP/1.1 407 Proxy Authentication Required\r\n"
                            "Server: squid/5.7\r\n"
                            "Proxy-Authenticate: Basic realm=\"proxy\"\r\n"
                            "Content-Length: 3\r\n"
                            "\r\n";

} // namespace

TEST_CASE("an answer is taken apart and what follows it is left alone") {
    const auto input = refusal + "no\n\0 and \n more"s;
    const auto head = parse_response_head(as_bytes(input));
    REQUIRE(head);
    CHECK(head->minor_version == 1);
    CHECK(head->status == 407);
    CHECK(head->reason == "Proxy Authentication Required");
    CHECK(head->size == refusal.size());
    CHECK(head->status_line == "HTTP/1.1 407 Proxy Authentication Required");
    CHECK(head->status_line.data() == input.data());
    REQUIRE(head->fields.size() == 3);
    CHECK(find_field(*head, "proxy-authenticate")->value == "Basic realm=\"proxy\"");
    CHECK(find_field(*head, "Content-Type") == nullptr);
}

TEST_CASE("status lines as servers write them") {
    struct row {
        const char* line;
        int minor_version;
        int status;
        const char* reason;
    };
    for (const auto& [line, minor_version, status, reason] : {
             row{"HTTP/1.0 200 Connection established", 0, 200, "Connection established"},
             row{"HTTP/1.1 200 ", 1, 200, ""},
             row{"HTTP/1.1 200", 1, 200, ""},
             row{"HTTP/1.1 100 Continue", 1, 100, "Continue"},
             row{"HTTP/1.1 404  two  spaces ", 1, 404, " two  spaces "},
             row{"HTTP/1.1 404 a\tb", 1, 404, "a\tb"},
             row{"HTTP/1.1 403 Zugriff f\xc3\xbcr alle", 1, 403, "Zugriff f\xc3\xbcr alle"},
             row{"HTTP/1.9 999 x", 9, 999, "x"},
         }) {
        CAPTURE(line);
        const auto input = line + "\r\n\r\n"s;
        const auto head = parse_response_head(as_bytes(input));
        REQUIRE(head);
        CHECK(head->minor_version == minor_version);
        CHECK(head->status == status);
        CHECK(head->reason == reason);
        CHECK(head->size == input.size());
    }
}

TEST_CASE("an answer that is not HTTP, or not only HTTP, is refused with the place") {
    struct row {
        const char* name;
        std::string input;
        errc code;
        const char* field;
        std::size_t offset;
    };
    using enum errc;
    for (const auto& [name, input, code, field, offset] : {
             row{"a TLS alert", "\x15\x03\x01\0\x02\x02\x28"s, malformed, "status-line", 0},
             row{"an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n", malformed, "status-line", 0},
             row{"a SOCKS5 answer", "\x05\xff", malformed, "status-line", 0},
             row{"Icecast", "ICY 200 OK\r\n\r\n", malformed, "status-line", 0},
             row{"a lower-case version", "http/1.1 200 OK\r\n\r\n", malformed, "status-line", 0},
             row{"an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", malformed, "status-line", 0},
             row{"a name that begins as HTTP", "HTTPS/1.1 200\r\n", malformed, "status-line", 4},
             row{"HTML alone", "<html>no</html>", malformed, "status-line", 0},
             row{"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", unsupported, "HTTP-version", 0},
             row{"HTTP/2 without minor", "HTTP/2 200\r\n\r\n", malformed, "HTTP-version", 0},
             row{"no version", "HTTP/ 200\r\n\r\n", malformed, "HTTP-version", 0},
             row{"the version alone", "HTTP/1.1\r\n\r\n", malformed, "status-code", 8},
             row{"two spaces", "HTTP/1.1  200\r\n\r\n", malformed, "status-code", 9},
             row{"a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", malformed, "status-code", 9},
             row{"a status of four", "HTTP/1.1 2000 OK\r\n\r\n", malformed, "status-code", 9},
             row{"a status below 100", "HTTP/1.1 099 OK\r\n\r\n", malformed, "status-code", 9},
             row{"a signed status", "HTTP/1.1 +20 OK\r\n\r\n", malformed, "status-code", 9},
             row{"a reason without its space", "HTTP/1.1 200OK\r\n\r\n", malformed, "status-code",
                 9},
             row{"a control in the reason", "HTTP/1.1 200 a\x1b[0m\r\n\r\n", malformed,
                 "reason-phrase", 14},
             row{"a NUL in the reason", "HTTP/1.1 200 a\0\r\n\r\n"s, malformed, "NUL", 14},
             row{"bare LF", "HTTP/1.1 200 OK\n\n", malformed, "bare LF", 15},
             row{"bare CR", "HTTP/1.1 200 OK\r\rA", malformed, "bare CR", 15},
             row{"a folded field", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", malformed, "obs-fold",
                 23},
             row{"a space before the colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", malformed,
                 "field-name", 17},
             row{"no colon", "HTTP/1.1 200 OK\r\nA b\r\n\r\n", malformed, "field-name", 17},
             row{"DEL in a value", "HTTP/1.1 200 OK\r\nA: b\x7f\r\n\r\n", malformed, "field-value",
                 21},
             row{"too long", "HTTP/1.1 200 " + std::string(max_head_size, 'b'), too_long, "head",
                 max_head_size},
         }) {
        CAPTURE(name);
        const auto head = parse_response_head(as_bytes(input));
        REQUIRE_FALSE(head);
        CHECK(head.error() == parse_error{code, offset, field});
    }
}

TEST_CASE("an answer cut at every byte wants more until its last one") {
    for (std::size_t length = 0; length < refusal.size(); ++length) {
        CAPTURE(length);
        const auto head = parse_response_head(as_bytes(refusal).first(length));
        REQUIRE_FALSE(head);
        CHECK(head.error().code == errc::need_more);
    }
}

TEST_CASE("mutated answers are read or refused, and views stay inside the input") {
    std::mt19937 random{9112};
    for (int round = 0; round < 20'000; ++round) {
        auto input = refusal;
        for (auto changes = random() % 4 + 1; changes > 0; --changes)
            input[random() % input.size()] = "\r\n\0 :\tx\x80"[random() % 8];
        const auto head = parse_response_head(as_bytes(input));
        if (!head) {
            REQUIRE(head.error().offset <= input.size());
            continue;
        }
        REQUIRE(head->size <= input.size());
        REQUIRE(head->status >= 100);
        for (const auto& field : head->fields)
            REQUIRE(field.value.data() + field.value.size() <= input.data() + head->size);
    }
}
