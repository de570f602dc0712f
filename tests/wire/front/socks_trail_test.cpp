#include "front/socks_trail.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::front::socks;
using test::hex;

TEST_CASE("each helloscope in a Via field is in the trail, nobody else is") {
    struct row {
        const char *via, *methods;
    };
    for (const auto& [via, methods] : {
             row{"", ""},
             row{"1.1 helloscope-0a1b2c3d", "90 8a 81 8b 82 8c 83 8d"},
             row{"1.0 fred, SOCKS/5 helloscope-f0000000 (a comment),1.1 helloscope-00000001",
                 "9f 80808080808080  90 80808080808081"},
             row{"1.1 squid.test, 1.1 helloscope", ""},
             row{"1.1 helloscope-0a1b2c3, 1.1 helloscope-test1234", ""},
         }) {
        CAPTURE(via);
        CHECK(write_trail(via) == hex(methods));
    }
}

TEST_CASE("a trail is read among whatever methods there are") {
    struct row {
        const char *methods, *via;
    };
    for (const auto& [methods, via] : {
             row{"", ""},
             row{"00 02", ""},
             row{"00 90 8a 81 8b 82 8c 83 8d", "SOCKS/5 helloscope-0a1b2c3d"},
             row{"00 02 9f80808080808080 9080808080808081 fe",
                 "SOCKS/5 helloscope-f0000000, SOCKS/5 helloscope-00000001"},
             row{"90 90 8a 81 8b 82 8c 83 8d 80", "SOCKS/5 helloscope-0a1b2c3d"},
             row{"90 8a 81 8b 82 8c 83", ""},
             row{"90 8a 81 8b 82 8c 83 00 8d", ""},
         }) {
        CAPTURE(methods);
        CHECK(read_trail(hex(methods)) == via);
    }
}

TEST_CASE("of a trail that does not fit the end is kept") {
    std::string via;
    for (int i = 0; i < 100; ++i) via += "1.1 helloscope-0000000" + std::to_string(i % 10) + ", ";
    const auto trail = write_trail(via);
    CHECK(trail.size() == 31 * 8);
    CHECK(read_trail(trail).ends_with("-00000008, SOCKS/5 helloscope-00000009"));
}
