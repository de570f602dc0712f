// One entry of systemd's Journal Export Format (https://systemd.io/JOURNAL_EXPORT_FORMATS): lines
// KEY=value, or KEY, the value's length as 64 bits little endian, the value.
#pragma once

#include "helloscope/base/pen.hpp"
#include "helloscope/base/result.hpp"
#include "helloscope/wire/pcapng/block.hpp"

namespace helloscope::wire::pcapng {

inline constexpr std::size_t most_journal_fields = 1024; // systemd's own limit

// Reads up to an empty line, a zero byte (padding) or the end. `offset` is that of the input in the
// file. The input is complete: an entry that ends within a value is malformed.
parsed<journal> parse_journal(bytes_view entry, std::size_t offset);

void append_journal_field(pen<bytes>& out, const journal_field& field);

} // namespace helloscope::wire::pcapng
