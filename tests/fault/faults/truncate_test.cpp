#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("truncate lets some bytes pass and closes") {
    passing line{"truncate:2@3"};
    line.takes("abcd").takes("efgh");
    CHECK(line.sent == "abcde");
    CHECK(line.ended == fault::ending::close);
    CHECK(line.did == strings{"truncate:2@3: drops the rest and closes, from 5"});
}

TEST_CASE("a stream that ends before is left alone") {
    passing line{"truncate:2@3"};
    line.takes("abcd").takes_end();
    CHECK(line.sent == "abcd");
    CHECK(line.ended == fault::ending::end);
    CHECK(line.did.empty());
}
