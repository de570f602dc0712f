#include "helloscope/wire/front/request_head.hpp"

#include "support/catch.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;

namespace {

using namespace std::string_literals;

const std::string bazelisk = "CONNECT releases.test:8443 HTTP/1.1\r\n"
                             "Host: releases.test:8443\r\n"
                             "User-Agent: Go-http-client/1.1\r\n"
                             "\r\n";

// What the caller of a growing buffer does: scan, then parse what has an end.
parsed<request_head> parse_growing(const std::string& input, std::size_t& asked_for) {
    head_scanner scanner;
    for (asked_for = 0; asked_for <= input.size(); ++asked_for) {
        const auto end = scanner.find_end(as_bytes(input).first(asked_for));
        if (end) return parse_request_head(as_bytes(input).first(*end));
        if (end.error().code != errc::need_more) return std::unexpected(end.error());
    }
    return std::unexpected(parse_error{errc::need_more, input.size(), "head"});
}

struct refused {
    const char* name;
    std::string input;
    errc code;
    const char* field;
    std::size_t offset;
};

const std::vector<refused>& all_refused() {
    using enum errc;
    static const std::vector<refused> rows{
        {"bare LF everywhere", "GET / HTTP/1.1\n\n", malformed, "bare LF", 14},
        {"bare LF in a field", "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", malformed, "bare LF", 20},
        {"bare LF as the empty line", "GET / HTTP/1.1\r\n\n", malformed, "bare LF", 16},
        {"bare CR in a field", "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n", malformed, "bare CR", 20},
        {"bare CR as the empty line", "GET / HTTP/1.1\r\n\rA", malformed, "bare CR", 16},
        {"CR CR LF", "GET / HTTP/1.1\r\r\n\r\n", malformed, "bare CR", 14},
        {"NUL in the target", "GET /\0 HTTP/1.1\r\n\r\n"s, malformed, "NUL", 5},
        {"NUL in a value", "GET / HTTP/1.1\r\nA: \0\r\n\r\n"s, malformed, "NUL", 19},
        {"an empty line first", "\r\nGET / HTTP/1.1\r\n\r\n", malformed, "method", 0},
        {"nothing but the empty line", "\r\n\r\n", malformed, "method", 0},
        {"a method with a comma", "G,T / HTTP/1.1\r\n\r\n", malformed, "method", 0},
        {"a method alone", "GET\r\n\r\n", malformed, "request-target", 3},
        {"two spaces", "GET  / HTTP/1.1\r\n\r\n", malformed, "request-target", 4},
        {"a tab in the target", "GET /\t HTTP/1.1\r\n\r\n", malformed, "request-target", 4},
        {"UTF-8 in the target", "GET /\xc3\xa4 HTTP/1.1\r\n\r\n", malformed, "request-target", 4},
        {"no version", "GET /\r\n\r\n", malformed, "HTTP-version", 5},
        {"an empty version", "GET / \r\n\r\n", malformed, "HTTP-version", 6},
        {"a target with a space", "GET /a b HTTP/1.1\r\n\r\n", malformed, "HTTP-version", 7},
        {"a long version", "GET / HTTP/1.11\r\n\r\n", malformed, "HTTP-version", 6},
        {"a lower-case version", "GET / http/1.1\r\n\r\n", malformed, "HTTP-version", 6},
        {"HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\n", unsupported, "HTTP-version", 6},
        {"a folded field", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", malformed, "obs-fold", 22},
        {"a fold first", "GET / HTTP/1.1\r\n\tA: b\r\n\r\n", malformed, "obs-fold", 16},
        {"a space before the colon", "GET / HTTP/1.1\r\nA : b\r\n\r\n", malformed, "field-name",
         16},
        {"a field without a colon", "GET / HTTP/1.1\r\nA b\r\n\r\n", malformed, "field-name", 16},
        {"a field without a name", "GET / HTTP/1.1\r\n: b\r\n\r\n", malformed, "field-name", 16},
        {"DEL in a value", "GET / HTTP/1.1\r\nA: b\x7f\r\n\r\n", malformed, "field-value", 20},
        {"too long and complete",
         "GET / HTTP/1.1\r\nA: " + std::string(max_head_size, 'b') + "\r\n\r\n", too_long, "head",
         max_head_size},
        {"too long and incomplete", std::string(max_head_size, 'b'), too_long, "head",
         max_head_size},
    };
    return rows;
}

} // namespace

TEST_CASE("a head is taken apart and what follows it is left alone") {
    const auto input = bazelisk + "\x16\x03\x01 a client hello\n";
    const auto head = parse_request_head(as_bytes(input));
    REQUIRE(head);
    CHECK(head->method == "CONNECT");
    CHECK(head->target == "releases.test:8443");
    CHECK(head->minor_version == 1);
    CHECK(head->size == bazelisk.size());
    REQUIRE(head->fields.size() == 2);
    CHECK(head->fields[1].name == "User-Agent");
    CHECK(head->fields[1].value == "Go-http-client/1.1");
}

TEST_CASE("heads without fields, with empty values and with white space around values") {
    struct row {
        std::string input;
        int minor_version;
        std::vector<std::string> values;
    };
    for (const auto& [input, minor_version, values] : {
             row{"GET / HTTP/1.0\r\n\r\n", 0, {}},
             row{"GET http://a.test/?b HTTP/1.1\r\nA:b\r\nC:\r\nD: \t \r\n\r\n", 1, {"b", "", ""}},
             row{"OPTIONS * HTTP/1.1\r\nA: \t b c \t\r\nB:\xc3\xa4:\t:\r\n\r\n",
                 1,
                 {"b c", "\xc3\xa4:\t:"}},
         }) {
        CAPTURE(input);
        const auto head = parse_request_head(as_bytes(input));
        REQUIRE(head);
        CHECK(head->minor_version == minor_version);
        CHECK(head->size == input.size());
        REQUIRE(head->fields.size() == values.size());
        for (std::size_t i = 0; i < values.size(); ++i) CHECK(head->fields[i].value == values[i]);
    }
}

TEST_CASE("what two parsers could read in two ways is refused, with the place") {
    for (const auto& row : all_refused()) {
        CAPTURE(row.name);
        const auto head = parse_request_head(as_bytes(row.input));
        REQUIRE_FALSE(head);
        CHECK(head.error() == parse_error{row.code, row.offset, row.field});
    }
}

TEST_CASE("a head cut at every byte wants more until its last one") {
    for (std::size_t length = 0; length < bazelisk.size(); ++length) {
        CAPTURE(length);
        const auto head = parse_request_head(as_bytes(bazelisk).first(length));
        REQUIRE_FALSE(head);
        CHECK(head.error() == parse_error{errc::need_more, head.error().offset, "head"});
    }
}

TEST_CASE("one byte at a time, a head ends with its last byte and an error stays the same") {
    std::size_t asked_for = 0;
    const auto head = parse_growing(bazelisk, asked_for);
    REQUIRE(head);
    CHECK(asked_for == bazelisk.size());
    CHECK(head->target == "releases.test:8443");

    for (const auto& row : all_refused()) {
        CAPTURE(row.name);
        const auto broken = parse_growing(row.input, asked_for);
        REQUIRE_FALSE(broken);
        CHECK(broken.error() == parse_error{row.code, row.offset, row.field});
    }
}

TEST_CASE("a client that sends bare LF is refused and not waited for") {
    head_scanner scanner;
    const auto end = scanner.find_end(as_bytes("CONNECT a.test:443 HTTP/1.1\n"));
    REQUIRE_FALSE(end);
    CHECK(end.error() == parse_error{errc::malformed, 27, "bare LF"});
}

TEST_CASE("a head of exactly the limit is read") {
    const std::string start = "GET / HTTP/1.1\r\nA: ";
    const auto input = start + std::string(max_head_size - start.size() - 4, 'b') + "\r\n\r\n";
    REQUIRE(input.size() == max_head_size);
    CHECK(parse_request_head(as_bytes(input)));
    CHECK(
        head_scanner{}.find_end(as_bytes(input.substr(0, max_head_size - 1))).error().code ==
        errc::need_more);
}

TEST_CASE("names are compared without case, and the first field of a name is found") {
    const std::string input = "GET / HTTP/1.1\r\nVia: 1.1 a\r\nVIA: 1.1 b\r\n\r\n";
    const auto head = parse_request_head(as_bytes(input));
    REQUIRE(head);
    CHECK(find_field(*head, "via")->value == "1.1 a");
    CHECK(find_field(*head, "vi") == nullptr);
    CHECK_FALSE(same_field_name("[", "{"));
}

TEST_CASE("token characters are those of RFC 9110") {
    int count = 0;
    for (int byte = 0; byte < 256; ++byte)
        count += is_token_character(static_cast<std::uint8_t>(byte)) ? 1 : 0;
    CHECK(count == 26 + 26 + 10 + 15);
    for (const char c : "\"(),/:;<=>?@[\\]{} \t\x7f"s)
        CHECK_FALSE(is_token_character(static_cast<std::uint8_t>(c)));
}

TEST_CASE("mutated heads are read or refused, and views stay inside the input") {
    std::mt19937 random{9112};
    for (int round = 0; round < 20'000; ++round) {
        auto input = bazelisk;
        for (auto changes = random() % 4 + 1; changes > 0; --changes)
            input[random() % input.size()] = "\r\n\0 :\tx\x80"[random() % 8];
        std::size_t asked_for = 0;
        const auto head = parse_request_head(as_bytes(input));
        const auto growing = parse_growing(input, asked_for);
        REQUIRE(head.has_value() == growing.has_value());
        if (!head) {
            REQUIRE(head.error().offset <= input.size());
            continue;
        }
        REQUIRE(head->size <= input.size());
        for (const auto& field : head->fields)
            REQUIRE(field.value.data() + field.value.size() <= input.data() + head->size);
    }
}
