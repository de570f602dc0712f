#include "helloscope/heal/ladder.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::heal;

TEST_CASE("ladders are read, and written as they were") {
    struct row {
        const char* text;
        std::size_t rungs;
    };
    const row rows[] = {
        {"mtu:1400,mtu:1280,mtu:576,split:even,records:even", 5},
        {"mss:1360", 1},
        {"split:1,5,records:sni", 2},
        {"split:1,sni+2,every:100,mss:536|split:midsni", 2},
        {"records:every:50,split:even", 2},
        {"split:even,split:even", 2},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const auto read = parse_ladder(row.text);
        REQUIRE(read);
        CHECK(read->size() == row.rungs);
        CHECK(to_string(*read) == row.text);
    }
}

TEST_CASE("what is no ladder is refused, with the rung and an example") {
    struct row {
        std::string text;
        std::string_view says;
    };
    std::string long_one = "mss:1000";
    for (int i = 0; i < 16; ++i) long_one += ",mss:1000";
    const row rows[] = {
        {"", "empty"},
        {"mtu:1400,", "empty"},
        {",mtu:1400", "empty"},
        {"mtu:1400,,split:even", "empty"},
        {"mtu:1400,juggle:3", "juggle"},
        {"mss:7", "7"},
        {"split:even,5", "even"},
        {"split:even|mss:1360", "even"},
        {"mss:hello:500", "split:every:500"},
        {long_one, "16"},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const auto read = parse_ladder(row.text);
        REQUIRE_FALSE(read);
        CHECK_THAT(read.error().message, Catch::Contains(std::string(row.says)));
    }
    CHECK_THAT(
        parse_ladder("x").error().message, Catch::Contains("mtu:1400,mtu:1280,mtu:576,split:even"));
}

TEST_CASE("the ladder that nobody chose: three packet sizes, even pieces, even records") {
    CHECK(to_string(default_ladder()) == "mtu:1400,mtu:1280,mtu:576,split:even,records:even");
    const auto& first = default_ladder().front().written;
    CHECK(first.limit->mss(false) == 1360);
    CHECK(first.limit->mss(true) == 1340);
}

TEST_CASE("even pieces are as few as segments, two at least, and none much longer than another") {
    struct row {
        const char* rung;
        hello_size hello;
        const char* expected;
    };
    const row rows[] = {
        {"split:even", {1493, 1488, 1448}, "split:747"},
        {"split:even", {1493, 1488, 0}, "split:747"},
        {"split:even", {1493, 1488, 65483}, "split:747"},
        {"split:even", {1493, 1488, 536}, "split:498,996"},
        {"split:even", {1798, 1793, 1448}, "split:899"},
        {"split:even", {4000, 3995, 1448}, "split:1334,2667"},
        {"records:even", {1493, 1488, 1448}, "records:744|split:records"},
        {"records:even", {319, 314, 1448}, "records:157|split:records"},
        {"mss:1360", {319, 314, 1448}, "mss:1360"},
        {"split:sni|pause:50ms", {319, 314, 1448}, "split:sni|pause:50ms"},
    };
    for (const auto& row : rows) {
        INFO(row.rung << " of " << row.hello.flight << " at " << row.hello.segment);
        const auto rungs = parse_ladder(row.rung);
        REQUIRE(rungs);
        const auto made = shape_of(rungs->front(), row.hello);
        CHECK(to_string(made) == row.expected);
        CHECK(shape::parse_shape(row.expected) == made);
    }
    // A flight of many segments is cut often, not without end.
    const auto many = shape_of(parse_ladder("split:even")->front(), {32'768, 32'763, 88});
    CHECK(std::get<shape::split>(many.steps.front()).at.size() == 63);
}
