// Iterates a classic pcap file (draft-ietf-opsawg-pcap): either byte order, micro- or nanoseconds.
// It yields the same values as a pcapng reader: first its one interface, then the packets.
#pragma once

#include "helloscope/base/result.hpp"
#include "helloscope/wire/pcapng/block.hpp"

#include <bit>

namespace helloscope::wire::pcapng {

class pcap_reader {
  public:
    // Reads the file header. The "modified" format of Kuznetzov's patch is unsupported by name.
    // Views the file; so do the packets.
    static parsed<pcap_reader> open(bytes_view file);

    bool at_end() const { return broken_ || (!interfaces_.empty() && position_ == file_.size()); }

    // The next block; only when !at_end(). A failure ends the iteration: need_more at the start of
    // a record that the file ends within, too_long at a length that no tool writes.
    parsed<block> next();

    const std::vector<interface>& interfaces() const { return interfaces_; }
    std::size_t offset() const { return position_; }

  private:
    explicit pcap_reader(bytes_view file) : file_(file) {}

    parsed<packet> read_packet();

    bytes_view file_;
    std::size_t position_ = 0;
    bool broken_ = false;
    std::endian order_ = std::endian::little;
    duration tick_{};
    interface interface_;
    std::vector<interface> interfaces_; // empty until it was yielded
};

} // namespace helloscope::wire::pcapng
