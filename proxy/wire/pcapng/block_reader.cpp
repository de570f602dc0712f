#include "helloscope/wire/pcapng/block_reader.hpp"

#include "block_types.hpp"
#include "journal.hpp"
#include "ordered_reader.hpp"

#include <limits>

namespace helloscope::wire::pcapng {
namespace {

constexpr std::size_t shortest_block = 12;

// Calls take(code, value) for each option up to the end of the block or of the options.
template <class Take> void read_options(ordered_reader& in, Take&& take);
traffic traffic_of(bytes_view flags, std::endian order);

} // namespace

parsed<block> block_reader::next() {
    const auto found = read_frame();
    if (!found) {
        broken_ = true;
        return std::unexpected(found.error());
    }
    position_ = found->offset + found->body.size() + 4;
    auto out = read_body(*found);
    if (!out && found->type == block_type::section) { // what follows cannot be understood
        broken_ = true;
        position_ = found->offset - 8;
    }
    return out;
}

auto block_reader::read_frame() -> parsed<frame> {
    const auto error = [this](errc code, std::size_t at, std::string_view field) {
        return std::unexpected(parse_error{code, position_ + at, field});
    };
    const auto rest = file_.subspan(position_);
    if (rest.size() < shortest_block) return error(errc::need_more, 0, "block");

    reader head{rest};
    const auto type = head.u32("block_type");
    head.u32("block_total_length");
    const auto magic = head.u32("byte_order_magic");
    if (type == block_type::section) {
        const bool big = magic == byte_order_magic;
        if (!big && magic != std::byteswap(byte_order_magic))
            return error(errc::malformed, 8, "byte_order_magic");
        order_ = big ? std::endian::big : std::endian::little;
    } else if (position_ == 0) {
        return error(errc::malformed, 0, "section_header");
    }

    const auto number = [&](std::size_t at) {
        return ordered_reader{rest.subspan(at), order_, 0}.u32("number");
    };
    const std::size_t length = number(4);
    if (length < shortest_block || length % 4 != 0)
        return error(errc::malformed, 4, "block_total_length");
    if (length > longest_block) return error(errc::too_long, 4, "block_total_length");
    if (length > rest.size()) return error(errc::need_more, 0, "block");
    if (number(length - 4) != length)
        return error(errc::malformed, length - 4, "block_total_length");
    return frame{number(0), rest.subspan(8, length - shortest_block), position_ + 8};
}

parsed<block> block_reader::read_body(const frame& in) {
    ordered_reader body{in.body, order_, in.offset};
    block out;
    switch (in.type) {
    case block_type::section: out = read_section(body); break;
    case block_type::interface: out = read_interface(body); break;
    case block_type::enhanced_packet:
    case block_type::old_packet: out = read_packet(body, in.type); break;
    case block_type::simple_packet: out = read_simple_packet(body); break;
    case block_type::journal: {
        auto entry = parse_journal(in.body, in.offset);
        if (!entry) return std::unexpected(entry.error());
        return *std::move(entry);
    }
    case block_type::secrets: {
        const auto type = body.u32("secrets_type");
        out = secrets{type, body.take(body.u32("secrets_length"), "secrets_data")};
        break;
    }
    default: return other{in.type, in.body};
    }
    if (body.ok()) return out;
    return std::unexpected(body.error_in_whole());
}

section block_reader::read_section(ordered_reader& in) {
    section out;
    interfaces_.clear();
    clocks_.clear();
    in.u32("byte_order_magic");
    if (in.u16("major_version") != 1) in.fail(errc::unsupported, "major_version");
    in.u16("minor_version");
    in.u64("section_length");
    read_options(in, [&out](std::uint16_t code, bytes_view value) {
        if (code == option::comment) out.comments.push_back(as_text(value));
        if (code == option::shb_hardware) out.hardware = as_text(value);
        if (code == option::shb_os) out.os = as_text(value);
        if (code == option::shb_userappl) out.application = as_text(value);
    });
    return out;
}

interface block_reader::read_interface(ordered_reader& in) {
    interface out;
    clock ticks;
    out.linktype = in.u16("linktype");
    in.u16("reserved");
    out.snaplen = in.u32("snaplen");
    read_options(in, [&](std::uint16_t code, bytes_view value) {
        if (code == option::if_name) out.name = as_text(value);
        if (code == option::if_description) out.description = as_text(value);
        if (code == option::if_tsresol && value.size() == 1) ticks.resolution = value[0];
        if (code == option::if_tsoffset && value.size() == 8)
            ticks.offset_seconds = static_cast<std::int64_t>(
                ordered_reader{value, order_, 0}.u64("if_tsoffset"));
    });
    // Counted even when malformed, so that the numbers of later interfaces stay right.
    interfaces_.push_back(out);
    clocks_.push_back(ticks);
    return out;
}

packet block_reader::read_packet(ordered_reader& in, std::uint32_t type) {
    packet out;
    if (type == block_type::enhanced_packet) {
        out.interface = in.u32("interface_id");
    } else {
        out.interface = in.u16("interface_id");
        in.u16("drops_count");
    }
    const auto high = std::uint64_t{in.u32("timestamp")};
    out.time = time_of(out.interface, high << 32 | in.u32("timestamp"));
    const auto captured = in.u32("captured_packet_length");
    out.original_length = in.u32("original_packet_length");
    read_packet_data(in, out, captured);
    read_options(in, [&](std::uint16_t code, bytes_view value) {
        if (code == option::comment) out.comments.push_back(as_text(value));
        if (code == option::packet_flags) out.seen = traffic_of(value, order_);
    });
    return out;
}

packet block_reader::read_simple_packet(ordered_reader& in) {
    packet out;
    out.original_length = in.u32("original_packet_length");
    const auto snaplen = interfaces_.empty() ? 0 : interfaces_.front().snaplen;
    const bool cut = snaplen != 0 && snaplen < out.original_length;
    read_packet_data(in, out, cut ? snaplen : out.original_length);
    return out;
}

void block_reader::read_packet_data(ordered_reader& in, packet& out, std::size_t length) {
    if (out.interface >= interfaces_.size()) return in.fail(errc::malformed, "interface_id");
    out.linktype = interfaces_[out.interface].linktype;
    out.captured = in.padded(length, "packet_data");
}

std::optional<timestamp> block_reader::time_of(std::uint32_t interface, std::uint64_t ticks) const {
    if (interface >= clocks_.size()) return std::nullopt;
    const auto& [resolution, offset_seconds] = clocks_[interface];
    constexpr __int128 second = 1'000'000'000; // 2^64 seconds, in nanoseconds, take 94 bits
    const int exponent = resolution & 0x7f;
    __int128 time = ticks;
    if ((resolution & 0x80) != 0) {
        time = time * second >> exponent;
    } else {
        for (int i = exponent; i < 9; ++i) time *= 10;
        for (int i = exponent; i > 9; --i) time /= 10;
    }
    time += offset_seconds * second;
    using limits = std::numeric_limits<std::int64_t>;
    if (time < limits::min() || time > limits::max()) return std::nullopt;
    return timestamp{duration{static_cast<std::int64_t>(time)}};
}

namespace {

template <class Take> void read_options(ordered_reader& in, Take&& take) {
    while (in.ok() && in.left() > 0) {
        const auto code = in.u16("option_code");
        const auto length = in.u16("option_length");
        if (code == option::end) return;
        const auto value = in.padded(length, "option_value");
        if (in.ok()) take(code, value);
    }
}

traffic traffic_of(bytes_view flags, std::endian order) {
    const auto bits = ordered_reader{flags, order, 0}.u32("epb_flags") & 3;
    return bits == 3 ? traffic::unknown : static_cast<traffic>(bits);
}

} // namespace
} // namespace helloscope::wire::pcapng
