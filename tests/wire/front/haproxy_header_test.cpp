#include "helloscope/wire/front/haproxy_header.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

#include <random>

using namespace helloscope;
using namespace helloscope::wire::front;
using test::hex;

namespace {

using namespace std::string_literals;

const std::string signature = "0d0a0d0a000d0a515549540a ";

bytes text(const std::string& value) { return to_bytes(as_bytes(value)); }

haproxy_header header(int version, const char* source, const char* destination, std::size_t size) {
    return {version, false, *parse_endpoint(source), *parse_endpoint(destination), size};
}

haproxy_header local(int version, std::size_t size) { return {version, true, {}, {}, size}; }

struct row {
    const char* name;
    bytes input;
    haproxy_header expected;
};

const std::string all_ones = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
const std::string v6_to_v6 = "20010db8000000000000000000000001 20010db8000000000000000000000002 "
                             "c738 01bb";

const std::vector<row>& rows() {
    static const std::vector<row> all{
        {"v1 TCP4", text("PROXY TCP4 192.0.2.1 198.51.100.2 51000 443\r\n"),
         header(1, "192.0.2.1:51000", "198.51.100.2:443", 45)},
        {"v1 TCP6", text("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n"),
         header(1, "[2001:db8::1]:0", "[::1]:65535", 36)},
        {"v1 TCP4, the longest", text("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
         header(1, "255.255.255.255:65535", "255.255.255.255:65535", 56)},
        {"v1 TCP6, the longest",
         text("PROXY TCP6 " + all_ones + " " + all_ones + " 65535 65535\r\n"),
         header(
             1, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
             "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", 104)},
        {"v1 UNKNOWN", text("PROXY UNKNOWN\r\n"), local(1, 15)},
        {"v1 UNKNOWN, the longest",
         text("PROXY UNKNOWN " + all_ones + " " + all_ones + " 65535 65535\r\n"), local(1, 107)},
        {"v1 UNKNOWN with anything", text("PROXY UNKNOWN  a \x80\r\n"), local(1, 20)},
        {"v2 TCP4", hex(signature + "21 11 000c c0000201 c6336402 c738 01bb"),
         header(2, "192.0.2.1:51000", "198.51.100.2:443", 28)},
        {"v2 TCP6", hex(signature + "21 21 0024" + v6_to_v6),
         header(2, "[2001:db8::1]:51000", "[2001:db8::2]:443", 52)},
        {"v2 TCP4 with TLVs",
         hex(signature + "21 11 0016 c0000201 c6336402 c738 01bb  02 0002 6162 04 0002 0000"),
         header(2, "192.0.2.1:51000", "198.51.100.2:443", 38)},
        {"v2 LOCAL", hex(signature + "20 00 0000"), local(2, 16)},
        {"v2 LOCAL, its block passed over",
         hex(signature + "20 11 000c c0000201 c6336402 c738 01bb"), local(2, 28)},
        {"v2 LOCAL, its family passed over", hex(signature + "20 ff 0001 00"), local(2, 17)},
        {"v2 of an unspecified family", hex(signature + "21 00 0003 aabbcc"), local(2, 19)},
    };
    return all;
}

} // namespace

TEST_CASE("PROXY headers are read, and what follows them is left alone") {
    for (const auto& row : rows()) {
        CAPTURE(row.name);
        auto input = row.input;
        CHECK(parse_haproxy_header(input) == row.expected);
        input.insert(input.end(), {'\r', '\n', 0x16, 0x03});
        CHECK(parse_haproxy_header(input) == row.expected);
    }
}

TEST_CASE("a PROXY header cut at every byte wants more until its last one") {
    for (const auto& row : rows()) {
        for (std::size_t length = 0; length < row.input.size(); ++length) {
            CAPTURE(row.name, length);
            const auto header = parse_haproxy_header(bytes_view(row.input).first(length));
            REQUIRE_FALSE(header);
            CHECK(header.error().code == errc::need_more);
            CHECK(header.error().offset <= length);
        }
    }
}

TEST_CASE("what is no PROXY header is refused, with the place and the reason") {
    struct wrong {
        const char* name;
        bytes input;
        errc code;
        const char* field;
        std::size_t offset;
    };
    using enum errc;
    for (const auto& [name, input, code, field, offset] : {
             wrong{"a ClientHello", hex("16 03 01"), malformed, "signature", 0},
             wrong{"a CONNECT", text("CONNECT a"), malformed, "signature", 0},
             wrong{"another word", text("PROXYv1 "), malformed, "signature", 5},
             wrong{"lower case", text("proxy TCP4"), malformed, "signature", 0},
             wrong{"an empty line first", text("\r\nGET"), malformed, "signature", 2},
             wrong{"half a v2 signature", hex("0d0a0d0a000d0b"), malformed, "signature", 6},

             wrong{"v1 without a protocol", text("PROXY \r\n"), malformed, "protocol", 6},
             wrong{"v1 UDP", text("PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n"), malformed, "protocol", 6},
             wrong{"v1 UNKNOWNs", text("PROXY UNKNOWNs\r\n"), malformed, "protocol", 6},
             wrong{
                 "v1 two spaces", text("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n"), malformed,
                 "protocol", 6},
             wrong{
                 "v1 IPv6 as TCP4", text("PROXY TCP4 ::1 1.2.3.4 1 2\r\n"), malformed, "address",
                 11},
             wrong{
                 "v1 IPv4 as TCP6", text("PROXY TCP6 ::1 1.2.3.4 1 2\r\n"), malformed, "address",
                 15},
             wrong{"v1 brackets", text("PROXY TCP6 [::1] ::1 1 2\r\n"), malformed, "address", 11},
             wrong{
                 "v1 a name", text("PROXY TCP4 a.test 1.2.3.4 1 2\r\n"), malformed, "address", 11},
             wrong{"v1 nothing behind TCP4", text("PROXY TCP4\r\n"), malformed, "address", 10},
             wrong{"v1 one address", text("PROXY TCP4 1.2.3.4\r\n"), malformed, "address", 18},
             wrong{"v1 no port", text("PROXY TCP4 1.2.3.4 1.2.3.4\r\n"), malformed, "port", 26},
             wrong{"v1 one port", text("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n"), malformed, "port", 28},
             wrong{
                 "v1 a port too big", text("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n"), malformed,
                 "port", 27},
             wrong{
                 "v1 an octal port", text("PROXY TCP4 1.2.3.4 1.2.3.4 1 02\r\n"), malformed, "port",
                 29},
             wrong{"v1 more", text("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n"), malformed, "port", 29},
             wrong{
                 "v1 a space at the end", text("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n"), malformed,
                 "port", 29},
             wrong{"v1 bare LF", text("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n"), malformed, "line", 30},
             wrong{"v1 bare CR", text("PROXY UNKNOWN\rA"), malformed, "line", 13},
             wrong{"v1 NUL", text("PROXY UNKNOWN \0"s), malformed, "line", 14},
             wrong{
                 "v1 one byte too long", text("PROXY UNKNOWN " + std::string(92, 'a') + "\r\n"),
                 too_long, "line", 107},
             wrong{
                 "v1 without an end", text("PROXY UNKNOWN " + std::string(93, 'a')), too_long,
                 "line", 107},

             wrong{"v3", hex(signature + "31"), unsupported, "version", 12},
             wrong{"v1 as binary", hex(signature + "11"), unsupported, "version", 12},
             wrong{"v2 command 2", hex(signature + "22"), malformed, "command", 12},
             wrong{"v2 UDP4", hex(signature + "21 12"), unsupported, "family", 13},
             wrong{"v2 AF_UNIX", hex(signature + "21 31"), unsupported, "family", 13},
             wrong{"v2 family 4", hex(signature + "21 41"), unsupported, "family", 13},
             wrong{
                 "v2 TCP4 too short", hex(signature + "21 11 000b c0000201 c6336402 c738 01"),
                 malformed, "length", 14},
             wrong{"v2 TCP4 empty", hex(signature + "21 11 0000"), malformed, "length", 14},
             wrong{
                 "v2 TCP6 with IPv4 addresses",
                 hex(signature + "21 21 000c c0000201 c6336402 c738 01bb"), malformed, "length",
                 14},
             wrong{"v2 one byte too long", hex(signature + "21 11 0ff1"), too_long, "length", 14},
             wrong{"v2 LOCAL too long", hex(signature + "20 00 ffff"), too_long, "length", 14},
         }) {
        CAPTURE(name);
        const auto header = parse_haproxy_header(input);
        REQUIRE_FALSE(header);
        CHECK(header.error() == parse_error{code, offset, field});
    }
}

TEST_CASE("a version 2 header of exactly the limit is read") {
    auto input = hex(signature + "21 11 0ff0 c0000201 c6336402 c738 01bb");
    input.resize(max_haproxy_header_size);
    const auto header = parse_haproxy_header(input);
    REQUIRE(header);
    CHECK(header->size == max_haproxy_header_size);
    CHECK(
        parse_haproxy_header(bytes_view(input).first(input.size() - 1)).error().code ==
        errc::need_more);
}

TEST_CASE("PROXY headers are written as haproxy and curl write them") {
    struct written {
        int version;
        const char* source;
        const char* destination;
        bytes expected;
    };
    for (const auto& [version, source, destination, expected] : {
             written{
                 1, "192.0.2.1:51000", "198.51.100.2:443",
                 text("PROXY TCP4 192.0.2.1 198.51.100.2 51000 443\r\n")},
             written{1, "[2001:db8::1]:1", "[::1]:2", text("PROXY TCP6 2001:db8::1 ::1 1 2\r\n")},
             written{1, "192.0.2.1:1", "[::1]:2", text("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n")},
             written{
                 2, "192.0.2.1:51000", "198.51.100.2:443",
                 hex(signature + "21 11 000c c0000201 c6336402 c738 01bb")},
             written{
                 2, "[2001:db8::1]:51000", "[2001:db8::2]:443",
                 hex(signature + "21 21 0024" + v6_to_v6)},
             written{
                 2, "[2001:db8::1]:1", "192.0.2.1:2",
                 hex(signature + "21 21 0024 20010db8000000000000000000000001"
                                 "00000000000000000000ffffc0000201 0001 0002")},
         }) {
        CAPTURE(version, source, destination);
        CHECK(write_haproxy_header(header(version, source, destination, 0)) == expected);
    }
    CHECK(write_haproxy_header(local(1, 0)) == text("PROXY UNKNOWN\r\n"));
    CHECK(write_haproxy_header(local(2, 0)) == hex(signature + "20 00 0000"));
}

TEST_CASE("a PROXY header that was written is read again as it was") {
    for (const auto& row : rows()) {
        CAPTURE(row.name);
        const auto written = write_haproxy_header(row.expected);
        auto again = parse_haproxy_header(written);
        REQUIRE(again);
        CHECK(again->size == written.size());
        again->size = row.expected.size;
        CHECK(*again == row.expected);
    }
}

TEST_CASE("mutated PROXY headers are read or refused") {
    std::mt19937 random{107};
    for (int round = 0; round < 40'000; ++round) {
        auto input = rows()[random() % rows().size()].input;
        for (auto changes = random() % 3 + 1; changes > 0; --changes)
            input[random() % input.size()] = static_cast<std::uint8_t>(
                random() % 2 == 0 ? random()
                                  : static_cast<unsigned char>(" 0\r\n:.1f"[random() % 8]));
        const auto header = parse_haproxy_header(input);
        if (header)
            REQUIRE(header->size <= input.size());
        else
            REQUIRE(header.error().offset <= input.size());
    }
}
