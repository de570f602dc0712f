#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

TEST_CASE("a throttled stream takes as long as its bytes do on such a line") {
    passing line{"throttle:1kB/s"};
    line.takes(std::string(1'000, 'x')).at(500ms);
    CHECK(line.sent.size() == 500);
    line.at(999ms);
    CHECK(line.sent.size() == 900); // in tenths of a second
    line.at(1s);
    CHECK(line.sent.size() == 1'000);
    CHECK(line.writes.size() == 10);
    CHECK(line.did == strings{"throttle:1kB/s: no more than 1000 bytes a second pass, from 0"});
}

TEST_CASE("a line that was idle saves nothing up") {
    passing line{"throttle:1kB/s"};
    line.at(10s).takes(std::string(100, 'x')).at(10'050ms);
    CHECK(line.sent.empty());
    line.at(10'100ms);
    CHECK(line.sent.size() == 100);
}

TEST_CASE("a slow line moves single bytes, a rate of 0 is no limit") {
    passing slow{"throttle:2/s"};
    slow.takes("abc").at(1'200ms);
    CHECK(slow.times == durations{500ms, 1s});
    passing open{"throttle:0/s"};
    open.takes("abc");
    CHECK(open.sent == "abc");
    CHECK(open.did.empty());
}

TEST_CASE("what a throttle holds is bounded, and goes on when it is taken away") {
    passing line{"throttle:1kB/s"};
    line.takes(std::string(line.chain().room(), 'x'));
    CHECK(line.chain().room() == 0);
    line.at(1s);
    CHECK(line.chain().room() == 1'000);
    line.becomes({});
    CHECK(line.sent.size() == fault::chain::limit);
    CHECK(line.chain().room() == fault::chain::limit);
}
