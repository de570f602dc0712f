#include "helloscope/base/pen.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using test::hex;

TEST_CASE("a pen appends to what is there, and the buffer is as long as that when it goes") {
    std::string text = "before ";
    {
        pen out(text);
        out.copy("after", 5);
        out.put('!');
        CHECK(out.size() == 13);
        CHECK(out.written() == 6);
    }
    CHECK(text == "before after!");

    bytes octets;
    {
        pen out(octets);
        auto* to = out.room(100);
        *to++ = 7;
        out.done(to);
    }
    CHECK(octets == hex("07"));
}

TEST_CASE("a pen that wrote nothing leaves the buffer as it was") {
    std::string text = "as it was";
    { pen out(text); }
    CHECK(text == "as it was");
    { pen(text).copy(nullptr, 0); }
    CHECK(text == "as it was");
}

TEST_CASE("what was written is taken back from its end") {
    std::string text;
    {
        pen out(text);
        out.copy("a,", 2);
        CHECK(out.last() == ',');
        out.take_back();
        out.put('.');
    }
    CHECK(text == "a.");
}

TEST_CASE("the buffer grows in steps and keeps what was written before") {
    std::string text, expected;
    {
        pen out(text);
        for (int i = 0; i < 10'000; ++i) {
            const char one = static_cast<char>('a' + i % 26);
            out.put(one);
            expected += one;
        }
        const std::string long_one(100'000, 'x');
        out.copy(long_one.data(), long_one.size());
        expected += long_one;
    }
    CHECK(text == expected);
}
