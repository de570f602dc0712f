#include "front/base64.hpp"

#include "support/catch.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;

TEST_CASE("the test vectors of RFC 4648 section 10") {
    struct row {
        const char* plain;
        const char* text;
    };
    for (const auto& [plain, text] : {
             row{"", ""},
             row{"f", "Zg=="},
             row{"fo", "Zm8="},
             row{"foo", "Zm9v"},
             row{"foob", "Zm9vYg=="},
             row{"fooba", "Zm9vYmE="},
             row{"foobar", "Zm9vYmFy"},
         }) {
        CAPTURE(plain);
        CHECK(write_base64(as_bytes(plain)) == text);
        const auto back = parse_base64(text);
        REQUIRE(back);
        CHECK(as_text(*back) == plain);
    }
}

TEST_CASE("base64 that two readers could read in two ways is refused") {
    for (const char* text :
         {"Z", "Zg", "Zg=", "Zg===", "====", "=Zg=", "Zg=v", "Zh==", "Zm9=", "Zm8=Zg==", "Zm 9v",
          "Zm9-", "Zm9_", "Zm9v\n"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_base64(text));
    }
}

TEST_CASE("any bytes come back from base64") {
    std::mt19937 random{4648};
    for (int round = 0; round < 2'000; ++round) {
        bytes plain(random() % 40);
        for (auto& byte : plain) byte = static_cast<std::uint8_t>(random());
        REQUIRE(parse_base64(write_base64(plain)) == plain);
    }
}
