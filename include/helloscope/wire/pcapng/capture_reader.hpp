// Reads a capture whichever of the two formats it has, pcapng or classic pcap, block by block.
#pragma once

#include "helloscope/wire/pcapng/block_reader.hpp"
#include "helloscope/wire/pcapng/pcap_reader.hpp"

namespace helloscope::wire::pcapng {

class capture_reader {
  public:
    // Looks at the first bytes of the file. A failure says what the file is or begins with:
    // "this is not a pcap or pcapng file: it begins with 50 4b 03 04". Views the file, as do the
    // blocks.
    static result<capture_reader> open(bytes_view file);

    // These are as in block_reader.
    bool at_end() const;
    parsed<block> next();
    const std::vector<interface>& interfaces() const;
    std::size_t offset() const;

  private:
    using either = std::variant<block_reader, pcap_reader>;
    explicit capture_reader(either reader) : reader_(std::move(reader)) {}

    either reader_;
};

} // namespace helloscope::wire::pcapng
