#include "helloscope/base/reader.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using test::hex;

TEST_CASE("numbers are read in network byte order") {
    const auto input = hex("01 0203 040506 0708090a 0102030405060708");
    reader in{input};
    CHECK(in.u8("a") == 0x01);
    CHECK(in.u16("b") == 0x0203);
    CHECK(in.u24("c") == 0x040506);
    CHECK(in.u32("d") == 0x0708090a);
    CHECK(in.u64("e") == 0x0102030405060708);
    CHECK(in.at_end());
    CHECK(in.ok());
}

TEST_CASE("the first failure sticks and says where") {
    const auto input = hex("01 02");
    reader in{input};
    in.u8("first");
    CHECK(in.u16("second") == 0);
    CHECK(in.u8("third") == 0);
    REQUIRE_FALSE(in.ok());
    CHECK(in.error() == parse_error{errc::need_more, 1, "second"});
    CHECK(to_string(in.error()) == "incomplete second at byte 1");
}

TEST_CASE("a vector is a reader whose offsets count from the whole input") {
    const auto input = hex("ff 0002 0102 03");
    reader in{input};
    in.u8("head");
    auto inner = in.vector16("list");
    CHECK(inner.u16("item") == 0x0102);
    inner.u8("one too many");
    in.absorb(inner);
    REQUIRE_FALSE(in.ok());
    CHECK(in.error() == parse_error{errc::need_more, 5, "one too many"});
}

TEST_CASE("a vector longer than the input is incomplete and reads nothing") {
    const auto input = hex("05 01");
    reader in{input};
    auto inner = in.vector8("list");
    CHECK_FALSE(in.ok());
    CHECK_FALSE(inner.ok());
    CHECK(inner.u8("item") == 0);
}

TEST_CASE("bytes behind the value are a failure when asked for") {
    const auto input = hex("01 02");
    reader in{input};
    in.u8("value");
    in.expect_end("trailing");
    REQUIRE_FALSE(in.ok());
    CHECK(in.error() == parse_error{errc::malformed, 1, "trailing"});
}
