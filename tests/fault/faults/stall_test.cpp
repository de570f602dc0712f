#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("a stall at a byte lets those before it pass") {
    passing line{"stall@5"};
    line.takes("abc").takes("defg").takes_end().at(1h);
    CHECK(line.sent == "abcde");
    CHECK(line.ended == fault::ending::none);
    CHECK(line.chain().stuck());
    CHECK(line.did == strings{"stall@5: holds back everything, from 5"});
}

TEST_CASE("a stall that holds nothing has not acted") {
    passing line{"stall@5"};
    line.takes("abcde").at(1h);
    CHECK(line.sent == "abcde");
    CHECK(line.did.empty());
    CHECK_FALSE(line.chain().stuck());
}

TEST_CASE("a stall for a time holds, and then lets everything pass") {
    passing line{"stall:3s@1"};
    line.takes("a").at(1s).takes("b").at(2'999ms);
    CHECK(line.sent == "a");
    CHECK_FALSE(line.chain().stuck());
    line.at(3s).takes("c");
    CHECK(line.sent == "abc");
    CHECK(line.did == strings{"stall:3s@1: holds back everything for 3 s, from 1"});
}

TEST_CASE("a stall after a time holds what comes from then on") {
    passing line{"stall@2s"};
    line.takes("before").at(2s).takes("behind").at(1h);
    CHECK(line.sent == "before");
}

TEST_CASE("what a stall holds goes on when it is taken away") {
    passing line{"stall@1"};
    line.takes("abc").takes_end().at(1h).becomes({});
    CHECK(line.sent == "abc");
    CHECK(line.ended == fault::ending::end);
}

TEST_CASE("what a stall holds is bounded") {
    passing line{"stall"};
    line.takes(std::string(fault::chain::limit, 'x'));
    CHECK(line.chain().room() == 0);
}
