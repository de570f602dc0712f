#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("close comes with the first byte, which does not pass") {
    passing line{"close"};
    line.at(1h);
    CHECK(line.ended == fault::ending::none);
    line.takes("abc");
    CHECK(line.sent.empty());
    CHECK(line.ended == fault::ending::close);
    CHECK(line.did == strings{"close: closes both connections, from 0"});
}

TEST_CASE("close comes as soon as so many bytes have passed") {
    passing line{"close@3"};
    line.takes("ab");
    CHECK(line.ended == fault::ending::none);
    line.takes("c");
    CHECK(line.ended == fault::ending::close);
    CHECK(line.sent == "abc");
    line.takes("d").takes_end();
    CHECK(line.sent == "abc");
    CHECK(line.chain().room() == fault::chain::limit);
}

TEST_CASE("close waits for its time, and nothing passes meanwhile") {
    passing line{"close:100ms@1"};
    line.at(1s).takes("abc").at(1'099ms);
    CHECK(line.sent == "a");
    CHECK(line.ended == fault::ending::none);
    line.at(2s);
    CHECK(line.ended == fault::ending::close);
    CHECK(line.ended_at == 1'100ms);
}

TEST_CASE("close comes at its time though nothing passes") {
    passing line{"close@2s"};
    line.at(5s);
    CHECK(line.ended == fault::ending::close);
    CHECK(line.ended_at == 2s);
}

TEST_CASE("close is delayed by a latency behind it") {
    passing line{"close@1", "latency:100ms"};
    line.takes("a").at(99ms);
    CHECK(line.ended == fault::ending::none);
    line.at(100ms);
    CHECK(line.sent == "a");
    CHECK(line.ended == fault::ending::close);
}
