#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("slow-close lets bytes pass at once and the end later") {
    passing line{"slow-close:2s"};
    line.takes("abc").at(1s).takes_end();
    CHECK(line.sent == "abc");
    line.at(2'999ms);
    CHECK(line.ended == fault::ending::none);
    CHECK_FALSE(line.chain().stuck());
    line.at(3s);
    CHECK(line.ended == fault::ending::end);
    CHECK(line.did == strings{"slow-close:2s: delays the end by 2 s, from 3"});
}

TEST_CASE("an end that is held comes when the fault is taken away") {
    passing line{"slow-close:2s"};
    line.takes_end().becomes({});
    CHECK(line.ended == fault::ending::end);
}

TEST_CASE("a close by another fault is slow too") {
    passing line{"close@1", "slow-close:2s"};
    line.takes("a").at(1s);
    CHECK(line.ended == fault::ending::none);
    line.at(2s);
    CHECK(line.ended == fault::ending::close);
}
