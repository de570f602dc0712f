#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("limit-data closes as soon as so many bytes have passed") {
    passing line{"limit-data:5"};
    line.takes("abc");
    CHECK(line.ended == fault::ending::none);
    line.takes("defg");
    CHECK(line.sent == "abcde");
    CHECK(line.ended == fault::ending::close);
    CHECK(line.did == strings{"limit-data:5: closes after 5 bytes, from 5"});

    passing exact{"limit-data:5"};
    exact.takes("abcde");
    CHECK(exact.ended == fault::ending::close);
    passing none{"limit-data:0"};
    none.takes("a");
    CHECK(none.sent.empty());
    CHECK(none.ended == fault::ending::close);
}

TEST_CASE("limit-data counts from when it was put in") {
    passing line{};
    line.takes("abc").becomes({"limit-data:2"}).takes("defg");
    CHECK(line.sent == "abcde");
    CHECK(line.ended == fault::ending::close);
}
