#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("faults before the first byte leave the bytes alone") {
    passing line{"refuse", "dns-fail", "connect-stall"};
    line.takes("abc").takes_end().at(1h);
    CHECK(line.sent == "abc");
    CHECK(line.ended == fault::ending::end);
    CHECK(line.did.empty());
}

TEST_CASE("refuse acts where a connection is made") {
    CHECK(fault::find_kind("refuse")->where == fault::place::connect);
}
