#include "helloscope/wire/tls/alert.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

TEST_CASE("an alert is a level and a description, known or not") {
    CHECK(parse_alert(hex("02 28")) == alert{2, 40});
    CHECK(parse_alert(hex("02 28"))->fatal());
    CHECK_FALSE(parse_alert(hex("01 00"))->fatal());
    CHECK(parse_alert(hex("ff ff 00")) == alert{255, 255});
}

TEST_CASE("a cut alert is incomplete") {
    CHECK(parse_alert(hex("")).error() == parse_error{errc::need_more, 0, "level"});
    CHECK(parse_alert(hex("02")).error() == parse_error{errc::need_more, 1, "description"});
}
