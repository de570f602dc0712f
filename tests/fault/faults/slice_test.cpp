#include "../passing.hpp"

using namespace helloscope::test;

TEST_CASE("a slicer cuts each piece, one write a slice") {
    passing line{"slice:3"};
    line.takes("abcdefgh").takes("ij");
    CHECK(line.writes == strings{"abc", "def", "gh", "ij"});
    CHECK(line.did == strings{"slice:3: cuts into pieces of about 3 bytes, from 0"});
}

TEST_CASE("slices leave one after the other") {
    passing line{"slice:3,pause=10ms"};
    line.takes("abcdefgh").takes_end().at(15ms);
    CHECK(line.writes == strings{"abc", "def"});
    line.at(1s);
    CHECK(line.times == durations{0ms, 10ms, 20ms});
    CHECK(line.ended == helloscope::fault::ending::end);
}

TEST_CASE("slices vary in size by no more than is asked for") {
    passing line{"slice:100,vary=20"};
    line.takes(std::string(10'000, 'x'));
    CHECK(line.sent.size() == 10'000);
    bool differs = false;
    for (std::size_t i = 0; i + 1 < line.writes.size(); ++i) {
        CHECK(line.writes[i].size() >= 80);
        CHECK(line.writes[i].size() <= 120);
        differs = differs || line.writes[i].size() != line.writes[0].size();
    }
    CHECK(differs);
}

TEST_CASE("slices that vary by more than their size are still slices") {
    passing line{"slice:2,vary=100"};
    line.takes(std::string(1'000, 'x'));
    CHECK(line.sent.size() == 1'000);
}

TEST_CASE("what a slicer holds goes on when it is taken away") {
    passing line{"slice:3,pause=10ms"};
    line.takes("abcdefgh").becomes({});
    CHECK(line.sent == "abcdefgh");
}
