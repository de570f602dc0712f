#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("timeout drops what comes, and closes when the time is up") {
    passing line{"timeout:2s"};
    line.at(1s).takes("abc").at(2'999ms).takes("def");
    CHECK(line.sent.empty());
    CHECK(line.chain().room() == fault::chain::limit);
    CHECK(line.ended == fault::ending::none);
    line.at(4s);
    CHECK(line.ended == fault::ending::close);
    CHECK(line.ended_at == 3s);
    CHECK(line.did == strings{"timeout:2s: drops everything, from 0"});
}

TEST_CASE("a timeout without a time never closes, until it is taken away") {
    passing line{"timeout"};
    line.takes("abc").at(24h);
    CHECK(line.ended == fault::ending::none);
    line.becomes({});
    CHECK(line.sent.empty());
    CHECK(line.ended == fault::ending::close);
}

TEST_CASE("a timeout closes when the stream ends") {
    passing line{"timeout"};
    line.takes("abc").takes_end();
    CHECK(line.ended == fault::ending::close);
}

TEST_CASE("a timeout that dropped nothing leaves no hole when it is taken away") {
    passing line{"timeout@100"};
    line.takes("abc").becomes({}).takes("def");
    CHECK(line.sent == "abcdef");
    CHECK(line.ended == fault::ending::none);
}
