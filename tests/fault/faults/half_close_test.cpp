#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("half-close ends the direction, and takes what comes behind it") {
    passing line{"half-close@3"};
    line.takes("abcdef").takes("more");
    CHECK(line.sent == "abc");
    CHECK(line.ended == fault::ending::end);
    CHECK_FALSE(line.chain().holds());
    CHECK(line.did == strings{"half-close@3: ends this direction alone, from 3"});
}
