#include "../passing.hpp"

using namespace helloscope::test;

TEST_CASE("jitter delays each piece by another time, in order") {
    passing line{"jitter:20ms"};
    for (int i = 0; i < 20; ++i) line.at(i * 100ms).takes("x");
    line.at(10s);
    REQUIRE(line.times.size() == 20);
    bool differs = false;
    const auto delay = [&](int i) { return line.times[i] - i * 100ms; };
    for (int i = 0; i < 20; ++i) {
        CHECK(delay(i) >= 0ms);
        CHECK(delay(i) <= 20ms);
        differs = differs || delay(i) != delay(0);
    }
    CHECK(differs);
    CHECK(line.did == strings{"jitter:20ms: delays by up to 20 ms, from 0"});
}
