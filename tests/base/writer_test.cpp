#include "helloscope/base/writer.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using test::hex;

TEST_CASE("numbers are written in network byte order") {
    writer out;
    out.u8(1).u16(0x0203).u24(0x040506).u32(0x0708090a).text("ab");
    CHECK(out.take() == hex("01 0203 040506 0708090a 6162"));
}

TEST_CASE("a vector's length is what its body wrote, nested too") {
    writer out;
    out.vector(2, [](writer& outer) {
        outer.u8(9);
        outer.vector(1, [](writer& inner) { inner.u16(0xffff); });
    });
    CHECK(out.take() == hex("0004 09 02 ffff"));
}
