#include "helloscope/wire/front/haproxy_header.hpp"

#include "helloscope/base/reader.hpp"
#include "helloscope/base/writer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace helloscope::wire::front {
namespace {

constexpr std::string_view signature1 = "PROXY ";
constexpr std::string_view signature2{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t longest_line = 107; // with its CRLF

constexpr std::uint8_t version2 = 0x20, local = 0x00, proxied = 0x01; // of one byte
constexpr std::uint8_t unspecified = 0x00, tcp4 = 0x11, tcp6 = 0x21;

std::unexpected<parse_error> fail(errc code, std::size_t at, std::string_view field) {
    return std::unexpected(parse_error{code, at, field});
}

// Takes what stands before the next space, and the space.
std::string_view take_word(std::string_view& line) {
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(word.size() + 1, line.size()));
    return word;
}

std::optional<std::uint16_t> parse_plain_port(std::string_view text) { // no octal look-alikes
    return text.size() > 1 && text[0] == '0' ? std::nullopt : parse_port(text);
}

// PROXY TCP4 192.0.2.1 192.0.2.2 51000 443
parsed<haproxy_header> parse_line(std::string_view line) {
    haproxy_header header;
    header.size = line.size() + 2;
    auto rest = line.substr(signature1.size());
    const auto malformed = [&](std::string_view where, std::string_view field) {
        return fail(errc::malformed, static_cast<std::size_t>(where.data() - line.data()), field);
    };
    const auto protocol = take_word(rest);
    header.local = protocol == "UNKNOWN"; // the rest of such a line is to be ignored
    if (header.local) return header;
    if (protocol != "TCP4" && protocol != "TCP6") return malformed(protocol, "protocol");

    for (auto* const side : {&header.source, &header.destination}) {
        const auto text = take_word(rest);
        const auto address = parse_ip_address(text);
        if (!address || text[0] == '[' || address->v6 != (protocol == "TCP6"))
            return malformed(text, "address");
        side->address = *address;
    }
    const auto source_port = take_word(rest);
    for (const auto& [side, text] :
         {std::pair{&header.source, source_port}, {&header.destination, rest}}) {
        const auto port = parse_plain_port(text);
        if (!port) return malformed(text, "port");
        side->port = *port;
    }
    return header;
}

parsed<haproxy_header> parse_v1(std::string_view text) {
    const auto line = text.substr(0, longest_line);
    const auto end = std::min(line.find_first_of(std::string_view("\r\n\0", 3)), line.size());
    const auto ending = line.substr(end);
    if (ending.starts_with("\r\n")) return parse_line(line.substr(0, end));
    if (line.size() == longest_line && ending.size() < 2)
        return fail(errc::too_long, longest_line, "line");
    if (ending.empty() || ending == "\r") return fail(errc::need_more, line.size(), "line");
    return fail(errc::malformed, end, "line");
}

endpoint read_address(reader& in, bool v6) {
    endpoint side;
    side.address.v6 = v6;
    std::ranges::copy(in.take(v6 ? 16 : 4, "address"), side.address.octets.begin());
    return side;
}

// | signature 12 | version, command 1 | family, transport 1 | length 2 | addresses | TLVs |
parsed<haproxy_header> parse_v2(bytes_view input) {
    reader in(input.subspan(signature2.size()), signature2.size());
    const auto version_and_command = in.u8("version");
    if (in.ok() && (version_and_command & 0xf0) != version2)
        return fail(errc::unsupported, signature2.size(), "version");
    const auto command = version_and_command & 0x0f;
    if (command > proxied) return fail(errc::malformed, signature2.size(), "command");
    const auto family = in.u8("family");
    haproxy_header header;
    header.version = 2;
    header.local = command == local || family == unspecified;
    const bool known = header.local || family == tcp4 || family == tcp6;
    if (in.ok() && !known) return fail(errc::unsupported, in.offset() - 1, "family");

    const auto length = in.u16("length");
    const auto start = in.offset();
    header.size = start + length;
    if (header.size > max_haproxy_header_size) return fail(errc::too_long, start - 2, "length");
    reader block(in.take(length, "addresses"), start);
    if (!in.ok()) return std::unexpected(in.error());
    if (header.local) return header;

    header.source = read_address(block, family == tcp6);
    header.destination = read_address(block, family == tcp6);
    header.source.port = block.u16("port");
    header.destination.port = block.u16("port");
    if (!block.ok()) return fail(errc::malformed, start - 2, "length"); // too short for its family
    return header;
}

ip_address mapped(const ip_address& address) {
    if (address.v6) return address;
    ip_address out{true, {}};
    out.octets[10] = out.octets[11] = 0xff;
    std::ranges::copy(address.view(), out.octets.begin() + 12);
    return out;
}

} // namespace

parsed<haproxy_header> parse_haproxy_header(bytes_view input) {
    const auto text = as_text(input);
    const auto signature = text.starts_with('\r') ? signature2 : signature1;
    const auto start = text.substr(0, signature.size());
    const auto wrong = std::ranges::mismatch(start, signature).in1;
    if (wrong != start.end())
        return fail(errc::malformed, static_cast<std::size_t>(wrong - start.begin()), "signature");
    if (start.size() < signature.size()) return fail(errc::need_more, start.size(), "signature");
    return signature == signature2 ? parse_v2(input) : parse_v1(text);
}

bytes write_haproxy_header(const haproxy_header& header) {
    const bool v6 = header.source.address.v6 || header.destination.address.v6;
    const auto source = v6 ? mapped(header.source.address) : header.source.address;
    const auto destination = v6 ? mapped(header.destination.address) : header.destination.address;
    writer out;
    if (header.version == 1 && header.local) return out.text("PROXY UNKNOWN\r\n").take();
    if (header.version == 1)
        return out
            .text(fmt::format(
                "PROXY {} {} {} {} {}\r\n", v6 ? "TCP6" : "TCP4", to_string(source),
                to_string(destination), header.source.port, header.destination.port))
            .take();
    out.text(signature2).u8(version2 | (header.local ? local : proxied));
    if (header.local) return out.u8(unspecified).u16(0).take();
    out.u8(v6 ? tcp6 : tcp4).vector(2, [&](writer& block) {
        block.raw(source.view()).raw(destination.view());
        block.u16(header.source.port).u16(header.destination.port);
    });
    return out.take();
}

} // namespace helloscope::wire::front
