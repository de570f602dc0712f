#include "front/head_lines.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::wire::front;

TEST_CASE("lines come one by one, and the fields are the rest of them") {
    head_lines lines{"first\r\nA: b\r\nC:\r\n\r\n"};
    CHECK(lines.next() == "first");
    const auto fields = lines.fields();
    REQUIRE(fields.size() == 2);
    CHECK(fields[0].name == "A");
    CHECK(fields[0].value == "b");
    CHECK(fields[1].value.empty());
    CHECK_FALSE(lines.error());
}

TEST_CASE("the first failure of a head stays, and no field behind it is read") {
    const std::string_view text = "HTTP/3.0 first\r\nA : b\r\nC: d\r\n\r\n";
    head_lines lines{text};
    CHECK(lines.minor_version(lines.next().substr(0, 8)) == 0);
    CHECK(lines.fields().empty());
    CHECK(lines.error() == parse_error{errc::unsupported, 0, "HTTP-version"});
    lines.fail(text.substr(16), "field-name");
    CHECK(lines.error()->field == "HTTP-version");
}

TEST_CASE("a value may hold what RFC 9110 lets it hold") {
    CHECK(from_wrong_character("a b\tc\x80\xff~").empty());
    CHECK(from_wrong_character("").empty());
    CHECK(
        from_wrong_character("ab\x1f"
                             "c") == "\x1f"
                                     "c");
    CHECK(from_wrong_character("ab\x7f") == "\x7f");
}

TEST_CASE("white space around a value is spaces and tabs alone") {
    CHECK(trimmed(" \t a b\t ") == "a b");
    CHECK(trimmed(" \t").empty());
    CHECK(trimmed("\ra\v") == "\ra\v");
}
