#include "../passing.hpp"

using namespace helloscope::test;

TEST_CASE("latency delays each piece by the same time, many at once") {
    passing line{"latency:100ms"};
    line.takes("one").at(10ms).takes("two").at(99ms);
    CHECK(line.sent.empty());
    CHECK(line.did == strings{"latency:100ms: delays by 100 ms, from 0"});
    line.at(100ms);
    CHECK(line.sent == "one");
    line.at(109ms);
    CHECK(line.sent == "one");
    line.at(1s).takes("three").at(2s);
    CHECK(line.writes == strings{"one", "two", "three"});
    CHECK(line.times == durations{100ms, 110ms, 1100ms});
    CHECK(line.did.size() == 1);
}

TEST_CASE("the end of the stream is delayed as its bytes are") {
    passing line{"latency:100ms"};
    line.takes("all").takes_end().at(99ms);
    CHECK(line.ended == helloscope::fault::ending::none);
    line.at(100ms);
    CHECK(line.sent == "all");
    CHECK(line.ended == helloscope::fault::ending::end);
}

TEST_CASE("jitter of a latency stays within its bounds and in order, and is the same each time") {
    const auto times_of = [](std::uint64_t flow) {
        passing line({"latency:100ms,jitter=50ms"}, helloscope::direction::to_client, {}, flow);
        for (int i = 0; i < 50; ++i) line.at(i * 10ms).takes("x");
        line.at(2s);
        REQUIRE(line.times.size() == 50);
        for (int i = 0; i < 50; ++i) {
            CHECK(line.times[i] >= i * 10ms + 50ms);
            if (i > 0) CHECK(line.times[i] >= line.times[i - 1]);
        }
        return line.times;
    };
    CHECK(times_of(1) == times_of(1));
    CHECK(times_of(1) != times_of(2));
}

TEST_CASE("two latencies add up") {
    passing line{"latency:100ms", "latency:200ms"};
    line.takes("x").at(1s);
    CHECK(line.times == durations{300ms});
}

TEST_CASE("what a latency holds goes on when it is taken away") {
    passing line{"latency:100ms"};
    line.takes("one").takes_end().at(50ms).becomes({});
    CHECK(line.sent == "one");
    CHECK(line.ended == helloscope::fault::ending::end);
}
