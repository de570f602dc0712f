#include "../passing.hpp"

using namespace helloscope;
using namespace helloscope::test;

namespace {

std::string turned(std::string text, std::size_t from, std::size_t count) {
    for (auto i = from; i < from + count; ++i) text[i] = static_cast<char>(~text[i]);
    return text;
}

} // namespace

TEST_CASE("corrupt turns over one byte, and the rest passes as it came") {
    passing line{"corrupt@3"};
    line.takes("abcdef").takes_end();
    CHECK(line.sent == turned("abcdef", 3, 1));
    CHECK(line.ended == fault::ending::end);
    CHECK(line.did == strings{"corrupt@3: changes 1 byte, from 3"});
}

TEST_CASE("corrupt changes as many as it is asked to, however they are cut") {
    for (std::size_t step = 1; step < 12; ++step) {
        passing line{"corrupt:4,skip=2@1"};
        const std::string text = "abcdefghijkl";
        for (std::size_t i = 0; i < text.size(); i += step) line.takes(text.substr(i, step));
        CHECK(line.sent == turned(text, 3, 4));
        CHECK(line.did == strings{"corrupt:4,skip=2@1: changes 4 bytes, from 3"});
    }
}
