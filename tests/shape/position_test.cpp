#include "helloscope/shape/position.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::shape;
using anchor = position::anchor;

TEST_CASE("a position's text is read and written back") {
    struct row {
        const char* text;
        position place;
    };
    for (const auto& [text, place] : {
             row{"1", {anchor::start, 1}},
             row{"65535", {anchor::start, 65'535}},
             row{"-1", {anchor::end, -1}},
             row{"-65535", {anchor::end, -65'535}},
             row{"sni", {anchor::sni, 0}},
             row{"sni+12", {anchor::sni, 12}},
             row{"sni-3", {anchor::sni, -3}},
             row{"midsni", {anchor::midsni, 0}},
             row{"every:100", {anchor::every, 100}},
             row{"records", {anchor::records, 0}},
         }) {
        CAPTURE(text);
        const auto read = parse_positions(text);
        REQUIRE(read);
        CHECK(*read == positions{place});
        CHECK(to_string(*read) == text);
    }
    CHECK(to_string(parse_positions("1,5,sni+2,-1").value()) == "1,5,sni+2,-1");
}

TEST_CASE("the first text that is no position is named") {
    const auto read = parse_positions("1,five,-x");
    REQUIRE_FALSE(read);
    CHECK(
        read.error().message ==
        "\"five\" is no position: expected a byte offset (5), one from the end (-1), sni, sni+2, "
        "sni-2, midsni, every:100 or, of split, records");
}
