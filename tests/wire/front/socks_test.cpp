#include "front/socks.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::front;
using test::hex;

TEST_CASE("addresses are read and written in each of their three forms") {
    struct row {
        const char* text;
        host_port at;
    };
    for (const auto& [text, at] : {
             row{"01 c0000201 01bb", {"192.0.2.1", 443}},
             row{"04 20010db8000000000000000000000001 0050", {"2001:db8::1", 80}},
             row{"03 06 612e74657374 ffff", {"a.test", 65535}},
         }) {
        CAPTURE(text);
        const auto input = hex(text);
        reader in(input);
        CHECK(socks::read_address(in) == at);
        CHECK(in.ok());
        CHECK(in.at_end());
        writer out;
        socks::write_address(out, at);
        CHECK(out.take() == input);
    }
}

TEST_CASE("an address that is cut wants more, and one of no known type is unsupported") {
    for (const auto* text :
         {"01 c0000201 01bb", "04 20010db8000000000000000000000001 0050", "03 06 612e74657374 ffff",
          "03 00 0050"}) {
        const auto input = hex(text);
        for (std::size_t length = 0; length < input.size(); ++length) {
            CAPTURE(text, length);
            reader in(bytes_view(input).first(length));
            socks::read_address(in);
            REQUIRE_FALSE(in.ok());
            CHECK(in.error().code == errc::need_more);
        }
    }
    for (const char* type : {"00", "02", "05", "ff"}) {
        const auto input = hex(std::string(type) + "00000000 0000");
        reader in(input);
        socks::read_address(in);
        REQUIRE_FALSE(in.ok());
        CHECK(in.error() == parse_error{errc::unsupported, 1, "ATYP"});
    }
}

TEST_CASE("each reply has its words, and an unassigned one its number") {
    CHECK(socks::words_of(0x05) == "connection refused by destination host");
    CHECK(socks::words_of(0x02) == "connection not allowed by ruleset");
    CHECK(socks::words_of(0x08) == "address type not supported");
    CHECK(socks::words_of(0x09) == "reply 0x09, which RFC 1928 does not assign");
    CHECK(socks::words_of(0xff) == "reply 0xff, which RFC 1928 does not assign");
}
