#include "../passing.hpp"

using namespace helloscope;

TEST_CASE("connect-stall acts where a connection is made, for a time or for ever") {
    CHECK(fault::find_kind("connect-stall")->where == fault::place::connect);
    CHECK(test::specs({"connect-stall:3s"})[0].value("time") == 3'000'000'000);
    CHECK(test::specs({"connect-stall"})[0].value("time") == 0);
}
