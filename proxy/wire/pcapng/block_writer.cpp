#include "helloscope/wire/pcapng/block_writer.hpp"

#include "block_types.hpp"
#include "helloscope/base/digits.hpp"
#include "helloscope/base/pen.hpp"
#include "journal.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace helloscope::wire::pcapng {
namespace {

// Appends to one block, which is filled up and framed by its lengths when the writer goes.
class block_scope {
  public:
    // About as large as `room`: then it grows once.
    block_scope(bytes& out, std::uint32_t type, std::size_t room = 256)
        : out_(out), start_(out.size()), pen_(out) {
        pen_.room(room);
        u32(type).u32(0);
    }
    ~block_scope();
    block_scope(const block_scope&) = delete;
    block_scope& operator=(const block_scope&) = delete;

    block_scope& u16(std::uint16_t value) { return little_endian<2>(value); }
    block_scope& u32(std::uint32_t value) { return little_endian<4>(value); }
    block_scope& raw(bytes_view view) {
        pen_.copy(view.data(), view.size());
        return *this;
    }
    block_scope& field(const journal_field& field) {
        append_journal_field(pen_, field);
        return *this;
    }
    block_scope& pad();
    block_scope& option(std::uint16_t code, bytes_view value);
    block_scope& text_option(std::uint16_t code, std::string_view value); // none when empty
    block_scope& end_of_options() { return u16(option::end).u16(0); }

  private:
    template <std::size_t width> block_scope& little_endian(std::uint64_t value) {
        auto* to = pen_.room(width);
        for (std::size_t i = 0; i < width; ++i, value >>= 8)
            to[i] = static_cast<std::uint8_t>(value);
        pen_.done(to + width);
        return *this;
    }

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

void write_packet(bytes& out, const packet_pieces& packet) {
    std::size_t captured = 0;
    for (const auto piece : packet.captured) captured += piece.size();
    assert(captured <= packet.original_length && packet.time.time_since_epoch().count() >= 0);

    constexpr std::size_t frame_and_flags = 48; // all of it but what is captured and comments
    block_scope to{out, block_type::enhanced_packet, captured + frame_and_flags};
    const auto ticks = static_cast<std::uint64_t>(packet.time.time_since_epoch().count());
    to.u32(packet.interface).u32(static_cast<std::uint32_t>(ticks >> 32));
    to.u32(static_cast<std::uint32_t>(ticks));
    to.u32(static_cast<std::uint32_t>(captured)).u32(packet.original_length);
    for (const auto piece : packet.captured) to.raw(piece);
    to.pad();
    if (packet.seen == traffic::unknown && packet.comments.empty()) return;
    for (const auto comment : packet.comments) to.text_option(option::comment, comment);
    if (packet.seen != traffic::unknown)
        to.u16(option::packet_flags).u16(4).u32(static_cast<std::uint32_t>(packet.seen));
    to.end_of_options();
}

void write_journal(bytes& out, timestamp time, std::span<const journal_field> fields) {
    // Each with its two separators; the frame and the time.
    const auto room = std::accumulate(
        fields.begin(), fields.end(), std::size_t{64},
        [](std::size_t sum, const journal_field& field) {
            return sum + field.key.size() + field.value.size() + 2;
        });
    block_scope to{out, block_type::journal, room};
    const auto since = std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch();
    std::array<char, 20> text;
    const auto* end = put_usual<16>(text.data(), since.count());
    to.field({"__REALTIME_TIMESTAMP", {text.data(), end}, true});
    for (const auto& field : fields) to.field(field);
}

void write_secrets(bytes& out, std::string_view key_log) {
    block_scope to{out, block_type::secrets};
    to.u32(tls_key_log).u32(static_cast<std::uint32_t>(key_log.size())).raw(as_bytes(key_log));
}

namespace {

block_scope::~block_scope() {
    pad();
    u32(static_cast<std::uint32_t>(pen_.written() + 4));
    // And the same in front, where the caller's readers look first.
    auto* block = out_.data() + start_;
    std::memcpy(block + 4, block + pen_.written() - 4, 4);
}

block_scope& block_scope::pad() {
    static constexpr std::array<std::uint8_t, 3> zeros{};
    return raw(bytes_view(zeros).first((4 - pen_.written() % 4) % 4));
}

block_scope& block_scope::option(std::uint16_t code, bytes_view value) {
    const auto length = std::min<std::size_t>(value.size(), 0xffff);
    return u16(code).u16(static_cast<std::uint16_t>(length)).raw(value.first(length)).pad();
}

block_scope& block_scope::text_option(std::uint16_t code, std::string_view value) {
    return value.empty() ? *this : option(code, as_bytes(value));
}

} // namespace
} // namespace helloscope::wire::pcapng
