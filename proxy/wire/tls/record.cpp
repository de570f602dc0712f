#include "helloscope/wire/tls/record.hpp"

#include "helloscope/base/reader.hpp"

namespace helloscope::wire::tls {

parsed<record_header> parse_record_header(bytes_view input) {
    // A field that contradicts is reported although the rest may still be missing: "GE" is not TLS.
    const auto wrong = [](std::size_t offset, std::string_view field) {
        return std::unexpected(parse_error{errc::malformed, offset, field});
    };
    if (input.size() > 0 && (input[0] < 20 || input[0] > 24)) return wrong(0, "type");
    if (input.size() > 1 && input[1] != 3) return wrong(1, "legacy_record_version");
    if (input.size() > 2 && input[2] > 4) return wrong(1, "legacy_record_version");

    if (input.size() < record_header_size) {
        reader in{input};
        in.u8("type");
        in.u16("legacy_record_version");
        in.u16("length");
        return std::unexpected(in.error());
    }
    record_header header; // by hand: each record of each flow comes by here
    header.type = input[0];
    header.version = static_cast<std::uint16_t>(input[1] << 8 | input[2]);
    header.length = static_cast<std::uint16_t>(input[3] << 8 | input[4]);
    if (header.length > max_ciphertext_length) return wrong(3, "length");
    return header;
}

void write_record_header(writer& out, const record_header& header) {
    out.u8(header.type).u16(header.version).u16(header.length);
}

} // namespace helloscope::wire::tls
