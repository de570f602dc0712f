#include "helloscope/wire/front/sniff.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::front;
using test::hex;

namespace {

struct row {
    const char* name;
    bytes input;
    first_bytes answer;
    std::size_t decided_at; // the number of bytes that suffices
};

bytes text(std::string_view value) { return to_bytes(as_bytes(value)); }

const std::vector<row>& rows() {
    using enum first_bytes;
    static const std::vector<row> all{
        {"nothing", {}, need_more, 0},
        {"CONNECT", text("CONNECT registry.test:443 HTTP/1.1\r\n"), http, 8},
        {"absolute-form", text("GET http://registry.test/ HTTP/1.1\r\n"), http, 4},
        {"a method with a hyphen", text("M-SEARCH * HTTP/1.1\r\n"), http, 9},
        {"the longest registered method", text("UPDATEREDIRECTREF /a HTTP/1.1"), http, 18},
        {"a method that starts as PROXY does", text("PROXYING /a HTTP/1.1"), http, 9},
        {"a method that PROXY starts with", text("PRO /a HTTP/1.1"), http, 4},
        {"HTTP/2 with prior knowledge", text("PRI * HTTP/2.0\r\n\r\nSM"), http, 4},
        {"a token of 25 characters", text("ABCDEFGHIJKLMNOPQRSTUVWXYZ "), unknown, 25},
        {"a line without a space", text("HELO\r\n"), unknown, 5},
        {"white space first", text(" GET / HTTP/1.1\r\n"), unknown, 1},
        {"TLS 1.0 record version", hex("16 03 01 05 d0 01 00"), tls, 2},
        {"TLS 1.2 record version", hex("16 03 03 05 d0 01 00"), tls, 2},
        {"0x16 and not TLS", hex("16 fe ff 00"), unknown, 2},
        {"an SSLv2 hello offering TLS", hex("80 2e 01 03 01 00 15"), sslv2_hello, 4},
        {"an SSLv2 hello offering SSLv2", hex("80 2e 01 00 02 00 15"), sslv2_hello, 5},
        {"a two-byte header and another type", hex("80 2e 04 00 02"), unknown, 3},
        {"a two-byte header, another version", hex("80 2e 01 01 01"), unknown, 4},
        {"a two-byte header, version 0.3", hex("80 2e 01 00 03"), unknown, 5},
        {"SOCKS4", hex("04 01 01 bb c0 00 02 01 00"), socks4, 1},
        {"SOCKS5", hex("05 01 00"), socks5, 1},
        {"PROXY protocol 1", text("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"), proxy_v1, 6},
        {"PROXY protocol 2", hex("0d0a0d0a000d0a515549540a 21 11 00 0c"), proxy_v2, 12},
        {"an empty line first", text("\r\nGET / HTTP/1.1\r\n"), unknown, 3},
        {"NUL", hex("00"), unknown, 1},
    };
    return all;
}

} // namespace

TEST_CASE("the first bytes are named as early as they can be, and the name stays") {
    for (const auto& row : rows()) {
        for (std::size_t length = 0; length <= row.input.size(); ++length) {
            CAPTURE(row.name, length);
            const auto expected = length < row.decided_at ? first_bytes::need_more : row.answer;
            CHECK(sniff(bytes_view(row.input).first(length)) == expected);
        }
    }
}

TEST_CASE("every possible first byte is decided within a bound") {
    for (int first = 0; first < 256; ++first) {
        CAPTURE(first);
        const bytes input(64, static_cast<std::uint8_t>(first));
        CHECK(sniff(input) != first_bytes::need_more);
    }
}
