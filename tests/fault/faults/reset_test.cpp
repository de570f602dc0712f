#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("reset comes with the first byte, which does not pass") {
    passing line{"reset"};
    line.at(1h);
    CHECK(line.ended == fault::ending::none);
    line.takes("abc");
    CHECK(line.sent.empty());
    CHECK(line.ended == fault::ending::reset);
    CHECK(line.did == strings{"reset: resets both connections, from 0"});
}

TEST_CASE("reset comes as soon as so many bytes have passed") {
    passing line{"reset@3"};
    line.takes("ab");
    CHECK(line.ended == fault::ending::none);
    line.takes("c");
    CHECK(line.ended == fault::ending::reset);
    CHECK(line.sent == "abc");
    line.takes("d").takes_end();
    CHECK(line.sent == "abc");
    CHECK(line.chain().room() == fault::chain::limit);
}

TEST_CASE("reset waits for its time, and nothing passes meanwhile") {
    passing line{"reset:100ms@1"};
    line.at(1s).takes("abc").at(1'099ms);
    CHECK(line.sent == "a");
    CHECK(line.ended == fault::ending::none);
    line.at(2s);
    CHECK(line.ended == fault::ending::reset);
    CHECK(line.ended_at == 1'100ms);
}

TEST_CASE("reset comes at its time though nothing passes") {
    passing line{"reset@2s"};
    line.at(5s);
    CHECK(line.ended == fault::ending::reset);
    CHECK(line.ended_at == 2s);
}

TEST_CASE("reset is delayed by a latency behind it") {
    passing line{"reset@1", "latency:100ms"};
    line.takes("a").at(99ms);
    CHECK(line.ended == fault::ending::none);
    line.at(100ms);
    CHECK(line.sent == "a");
    CHECK(line.ended == fault::ending::reset);
}
