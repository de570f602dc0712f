#include "values.hpp"

#include "support/catch.hpp"

using namespace helloscope::fault;

TEST_CASE("values are exact both ways") {
    struct row {
        unit of;
        std::string_view text;
        std::int64_t value;
    };
    const row rows[] = {
        {unit::count, "1400", 1400},
        {unit::bytes, "0", 0},
        {unit::bytes, "1460", 1460},
        {unit::bytes, "64KiB", 65'536},
        {unit::bytes, "3MiB", 3 << 20},
        {unit::rate, "64kB/s", 64'000},
        {unit::rate, "1MiB/s", 1 << 20},
        {unit::rate, "7/s", 7},
        {unit::time, "0s", 0},
        {unit::time, "1s", 1'000'000'000},
        {unit::time, "1500ms", 1'500'000'000},
        {unit::time, "20us", 20'000},
        {unit::time, "3ns", 3},
        {unit::alert, "unrecognized_name", 112},
        {unit::alert, "253", 253},
        {unit::level, "warning", 1},
        {unit::level, "fatal", 2},
    };
    for (const auto& [of, text, value] : rows) {
        CHECK(parse_value(of, text) == value);
        CHECK(text_of(of, value) == text);
    }
}

TEST_CASE("fractions are fine where they come to a whole number") {
    CHECK(parse_value(unit::time, "1.5s") == 1'500'000'000);
    CHECK(parse_value(unit::time, "0.25ms") == 250'000);
    CHECK(parse_value(unit::bytes, "1.5kB") == 1'500);
    CHECK_FALSE(parse_value(unit::bytes, "1.5"));
    CHECK_FALSE(parse_value(unit::time, "1.5ns"));
    CHECK_FALSE(parse_value(unit::time, "1.s"));
    CHECK_FALSE(parse_value(unit::time, "1.5.2s"));
}

TEST_CASE("what is no value gives none") {
    for (const auto* const text :
         {"", "s", "-1s", "1", "1 s", "1m", "99999999999999999999s", ".5s"})
        CHECK_FALSE(parse_value(unit::time, text));
    for (const auto* const text : {"", "KiB", "1K", "9999999999GiB"})
        CHECK_FALSE(parse_value(unit::bytes, text));
    CHECK_FALSE(parse_value(unit::rate, "/s"));
    CHECK_FALSE(parse_value(unit::alert, "sorry"));
    CHECK_FALSE(parse_value(unit::level, "loud"));
}
