#include "helloscope/wire/pcapng/block_writer.hpp"

#include "block_types.hpp"
#include "helloscope/base/digits.hpp"
#include "helloscope/base/pen.hpp"
#include "journal.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace helloscope::wire::pcapng {
namespace {

constexpr std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

template <std::size_t width>
std::uint8_t* put_little_endian(std::uint8_t* to, std::uint64_t value) {
    for (std::size_t i = 0; i < width; ++i, value >>= 8) to[i] = static_cast<std::uint8_t>(value);
    return to + width;
}
std::uint8_t* put_u16(std::uint8_t* to, std::uint16_t value) {
    return put_little_endian<2>(to, value);
}
std::uint8_t* put_u32(std::uint8_t* to, std::uint32_t value) {
    return put_little_endian<4>(to, value);
}
std::uint8_t* put(std::uint8_t* to, bytes_view view) {
    if (!view.empty()) std::memcpy(to, view.data(), view.size());
    return to + view.size();
}

// Of a comment, say, what an option can hold.
std::size_t option_size(const auto& value) { return std::min<std::size_t>(value.size(), 0xffff); }

// Fills a block up and frames it by its length, at its end and in front, where the caller's readers
// look first.
void end_block(bytes& out, std::size_t start, pen<bytes>& to) {
    static constexpr std::array<std::uint8_t, 3> zeros{};
    to.copy(zeros.data(), padded(to.written()) - to.written());
    const auto length = static_cast<std::uint32_t>(to.written() + 4);
    to.done(put_u32(to.room(4), length));
    put_u32(out.data() + start + 4, length);
}

// Appends to one block, which is filled up and framed by its lengths when the writer goes.
class block_scope {
  public:
    block_scope(bytes& out, std::uint32_t type) : out_(out), start_(out.size()), pen_(out) {
        u32(type).u32(0);
    }
    ~block_scope() { end_block(out_, start_, pen_); }
    block_scope(const block_scope&) = delete;
    block_scope& operator=(const block_scope&) = delete;

    block_scope& u16(std::uint16_t value) {
        pen_.done(put_u16(pen_.room(2), value));
        return *this;
    }
    block_scope& u32(std::uint32_t value) {
        pen_.done(put_u32(pen_.room(4), value));
        return *this;
    }
    block_scope& raw(bytes_view view) {
        pen_.copy(view.data(), view.size());
        return *this;
    }
    block_scope& option(std::uint16_t code, bytes_view value);
    block_scope& text_option(std::uint16_t code, std::string_view value); // none when empty
    block_scope& end_of_options() { return u16(option::end).u16(0); }

  private:
    bytes& out_;
    std::size_t start_;
    pen<bytes> pen_;
};

} // namespace

void write_section(bytes& out, const section& header) {
    block_scope to{out, block_type::section};
    to.u32(byte_order_magic).u16(1).u16(0);
    to.u32(0xffffffff).u32(0xffffffff); // the length of the section is not known yet
    to.text_option(option::shb_hardware, header.hardware);
    to.text_option(option::shb_os, header.os);
    to.text_option(option::shb_userappl, header.application);
    for (const auto comment : header.comments) to.text_option(option::comment, comment);
    to.end_of_options();
}

void write_interface(bytes& out, const interface& description) {
    static constexpr std::uint8_t nanoseconds[] = {9};
    block_scope to{out, block_type::interface};
    to.u16(description.linktype).u16(0).u32(description.snaplen);
    to.text_option(option::if_name, description.name);
    to.text_option(option::if_description, description.description);
    to.option(option::if_tsresol, nanoseconds).end_of_options();
}

// All lengths are known before, so that each byte is written once, where it belongs.
void write_packet(bytes& out, const packet_pieces& packet) {
    std::size_t captured = 0;
    for (const auto piece : packet.captured) captured += piece.size();
    assert(captured <= packet.original_length && packet.time.time_since_epoch().count() >= 0);

    constexpr std::size_t frame = 32, flags = 8, option_header = 4;
    std::size_t options = packet.seen == traffic::unknown ? 0 : flags;
    for (const auto comment : packet.comments)
        if (!comment.empty()) options += option_header + padded(option_size(comment));
    if (options > 0) options += option_header; // the end of options
    const auto length = frame + padded(captured) + options;

    const auto start = out.size();
    out.resize(start + length); // with zeros, which fill up what is shorter
    auto* to = put_u32(out.data() + start, block_type::enhanced_packet);
    to = put_u32(to, static_cast<std::uint32_t>(length));
    to = put_u32(to, packet.interface);
    const auto ticks = static_cast<std::uint64_t>(packet.time.time_since_epoch().count());
    to = put_u32(to, static_cast<std::uint32_t>(ticks >> 32));
    to = put_u32(to, static_cast<std::uint32_t>(ticks));
    to = put_u32(to, static_cast<std::uint32_t>(captured));
    to = put_u32(to, packet.original_length);
    for (const auto piece : packet.captured) to = put(to, piece);
    to += padded(captured) - captured;
    for (const auto comment : packet.comments) {
        if (comment.empty()) continue;
        const auto size = option_size(comment);
        to = put_u16(put_u16(to, option::comment), static_cast<std::uint16_t>(size));
        to = put(to, as_bytes(comment.substr(0, size))) + padded(size) - size;
    }
    if (packet.seen != traffic::unknown)
        to = put_u32(
            put_u16(put_u16(to, option::packet_flags), 4), static_cast<std::uint32_t>(packet.seen));
    put_u32(out.data() + start + length - 4, static_cast<std::uint32_t>(length));
}

journal_entry::journal_entry(bytes& out, timestamp time, std::size_t values)
    : out_(out), start_(out.size()), pen_(out) {
    constexpr std::string_view stamp = "__REALTIME_TIMESTAMP=";
    constexpr std::size_t frame_and_keys = 192;
    auto* to = put_u32(pen_.room(values + frame_and_keys), block_type::journal);
    to = put(put_u32(to, 0), as_bytes(stamp));
    const auto since = std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch();
    std::array<char, 20> text;
    const auto* end = put_usual<16>(text.data(), since.count());
    to = put(to, as_bytes({text.data(), end}));
    *to = '\n';
    pen_.done(to + 1);
}

journal_entry::~journal_entry() { end_block(out_, start_, pen_); }

void write_journal(bytes& out, timestamp time, std::span<const journal_field> fields) {
    journal_entry to(out, time, 0);
    for (const auto& field : fields) append_journal_field(to.pen_, field);
}

void write_secrets(bytes& out, std::string_view key_log) {
    block_scope to{out, block_type::secrets};
    to.u32(tls_key_log).u32(static_cast<std::uint32_t>(key_log.size())).raw(as_bytes(key_log));
}

namespace {

block_scope& block_scope::option(std::uint16_t code, bytes_view value) {
    const auto size = option_size(value);
    static constexpr std::array<std::uint8_t, 3> zeros{};
    u16(code).u16(static_cast<std::uint16_t>(size)).raw(value.first(size));
    return raw(bytes_view(zeros).first(padded(size) - size));
}

block_scope& block_scope::text_option(std::uint16_t code, std::string_view value) {
    return value.empty() ? *this : option(code, as_bytes(value));
}

} // namespace
} // namespace helloscope::wire::pcapng
