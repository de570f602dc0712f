#include "helloscope/base/result.hpp"

#include "support/catch.hpp"

using namespace helloscope;

TEST_CASE("an error reads as a sentence") {
    CHECK(
        to_string(parse_error{errc::too_long, 12, "cipher_suites"}) ==
        "too long cipher_suites at byte 12");
    CHECK(
        to_string(parse_error{errc::unsupported, 0, "version"}) == "unsupported version at byte 0");
}
