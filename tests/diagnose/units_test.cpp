#include "helloscope/diagnose/units.hpp"

#include "support/catch.hpp"

using namespace helloscope;
using namespace helloscope::diagnose;
using namespace std::chrono_literals;

TEST_CASE("durations have the digits that matter") {
    struct row {
        duration time;
        std::string_view text;
    };
    const row rows[] = {
        {0ns, "0.00 ms"},     {312us, "0.31 ms"}, {999us, "1.00 ms"},   {999'600ns, "1.0 ms"},
        {2149us, "2.1 ms"},   {9949us, "9.9 ms"}, {9950us, "10 ms"},    {128ms, "128 ms"},
        {999'600us, "1.0 s"}, {10s, "10.0 s"},    {99'940ms, "99.9 s"}, {185s, "3 min 5 s"},
        {3600s, "1 h 0 min"}, {-5ms, "-5.0 ms"},
    };
    for (const auto& [time, text] : rows) CHECK(text_of(time) == text);
}

TEST_CASE("numbers and sizes read as people write them") {
    CHECK(text_of_number(0) == "0");
    CHECK(text_of_number(999) == "999");
    CHECK(text_of_number(1493) == "1,493");
    CHECK(text_of_number(18446744073709551615u) == "18,446,744,073,709,551,615");
    CHECK(text_of_bytes(1) == "1 byte");
    CHECK(text_of_bytes(1493) == "1,493 bytes");
    CHECK(text_of_bytes(10'240) == "10.0 KiB");
    CHECK(text_of_bytes(4'300'000) == "4.1 MiB");
    CHECK(text_of_bytes(1'048'575) == "1.0 MiB");
    CHECK(text_of_bytes(18446744073709551615u) == "16.0 EiB");
    CHECK(text_of_count(1, "record") == "1 record");
    CHECK(text_of_count(2000, "record") == "2,000 records");
}
