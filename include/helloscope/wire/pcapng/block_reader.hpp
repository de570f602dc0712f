// Iterates the blocks of a pcapng file (draft-ietf-opsawg-pcapng): either byte order, any number of
// sections, any clock resolution. Lazy: it looks at one block at a time, so a file may be mapped.
#pragma once

#include "helloscope/base/result.hpp"
#include "helloscope/wire/pcapng/block.hpp"

#include <bit>

namespace helloscope::wire::pcapng {

class ordered_reader; // private: numbers in the order of the section

// A block longer than this is refused: no tool writes one, a damaged length field does.
inline constexpr std::size_t longest_block = 64 * 1024 * 1024;

class block_reader {
  public:
    // Views the file; so do the blocks it yields.
    explicit block_reader(bytes_view file) : file_(file) {}

    bool at_end() const { return broken_ || position_ == file_.size(); }

    // The next block; only when !at_end(). A failure inside a well-framed block skips that block
    // alone. A failure of the framing or of a section header ends the iteration: need_more at the
    // start of a block that the file ends within (the file is whole up to there), any other at the
    // field that is wrong.
    parsed<block> next();

    // Of the current section, by number.
    const std::vector<interface>& interfaces() const { return interfaces_; }

    // Where the next block begins; after a failure that ends the iteration, what was read ends
    // there.
    std::size_t offset() const { return position_; }

  private:
    // How the timestamps of an interface count: if_tsresol and if_tsoffset.
    struct clock {
        std::uint8_t resolution = 6;
        std::int64_t offset_seconds = 0;
    };
    struct frame {
        std::uint32_t type = 0;
        bytes_view body;
        std::size_t offset = 0; // of the body
    };

    parsed<frame> read_frame();
    parsed<block> read_body(const frame& in);
    section read_section(ordered_reader& in);
    interface read_interface(ordered_reader& in);
    packet read_packet(ordered_reader& in, std::uint32_t type);
    packet read_simple_packet(ordered_reader& in); // has neither time nor options
    void read_packet_data(ordered_reader& in, packet& out, std::size_t length);
    std::optional<timestamp> time_of(std::uint32_t interface, std::uint64_t ticks) const;

    bytes_view file_;
    std::size_t position_ = 0;
    bool broken_ = false;
    std::endian order_ = std::endian::little;
    std::vector<interface> interfaces_;
    std::vector<clock> clocks_;
};

} // namespace helloscope::wire::pcapng
