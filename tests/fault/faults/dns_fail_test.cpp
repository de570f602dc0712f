#include "../passing.hpp"

using namespace helloscope;

TEST_CASE("dns-fail acts where a name is looked up") {
    CHECK(fault::find_kind("dns-fail")->where == fault::place::resolve);
}
