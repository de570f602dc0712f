#include "helloscope/wire/tls/record.hpp"

#include "support/catch.hpp"
#include "support/hex.hpp"

using namespace helloscope;
using namespace helloscope::wire::tls;
using test::hex;

TEST_CASE("a record header is read from its first five bytes") {
    const auto header = parse_record_header(hex("16 03 01 05d0 01 00"));
    REQUIRE(header);
    CHECK(header->is(content_type::handshake));
    CHECK(header->version == 0x0301);
    CHECK(header->length == 1488);
}

TEST_CASE("what is TLS and what is not") {
    struct row {
        const char* name;
        const char* input;
        bool tls;
        parse_error error;
    };
    const row rows[] = {
        {"change_cipher_spec", "14 0303 0001", true, {}},
        {"alert of SSL 3.0", "15 0300 0002", true, {}},
        {"heartbeat", "18 0303 0010", true, {}},
        {"version 0x0304", "17 0304 0013", true, {}},
        {"no body", "17 0303 0000", true, {}},
        {"largest body of TLS 1.2", "17 0303 4800", true, {}},
        {"body too large", "17 0303 4801", false, {errc::malformed, 3, "length"}},
        {"type too small", "13 0303 0001", false, {errc::malformed, 0, "type"}},
        {"type too large", "19 0303 0001", false, {errc::malformed, 0, "type"}},
        {"major version", "16 0203 0001", false, {errc::malformed, 1, "legacy_record_version"}},
        {"minor version", "16 0305 0001", false, {errc::malformed, 1, "legacy_record_version"}},
        {"HTTP", "48 54 54 50 2f", false, {errc::malformed, 0, "type"}},
        {"one byte of HTTP", "48", false, {errc::malformed, 0, "type"}},
        {"a type and not TLS", "16 fe", false, {errc::malformed, 1, "legacy_record_version"}},
        {"nothing", "", false, {errc::need_more, 0, "type"}},
        {"cut in the version", "16 03", false, {errc::need_more, 1, "legacy_record_version"}},
        {"cut in the length", "16 0301 02", false, {errc::need_more, 3, "length"}},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        const auto header = parse_record_header(hex(row.input));
        CHECK(header.has_value() == row.tls);
        if (!row.tls && !header) CHECK(header.error() == row.error);
    }
}

TEST_CASE("a written record header reads back") {
    const record_header header{23, 0x0303, 0x1234};
    writer out;
    write_record_header(out, header);
    CHECK(out.view().size() == record_header_size);
    CHECK(parse_record_header(out.view()) == header);
}
