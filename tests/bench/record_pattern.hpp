// Bulk bytes: records that repeat, in one buffer that every sender shares and nobody changes.
#pragma once

#include "options.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

class record_pattern {
  public:
    explicit record_pattern(const options&);

    // What a sender that has sent `sent` bytes sends next: a chunk, or the rest of its record.
    std::string_view next(std::uint64_t sent, writing) const;
    // The rest of the record that `sent` bytes end in; empty at the end of one.
    std::string_view rest_of_record(std::uint64_t sent) const;
    // The lengths of the records in the first `sent` bytes, as their headers say.
    std::vector<std::uint16_t> lengths(std::uint64_t sent) const;

  private:
    std::size_t end_of_record(std::size_t at) const;

    std::vector<std::uint16_t> records_; // lengths of one round
    std::vector<std::size_t> ends_;      // where each ends, in the round
    std::size_t chunk_;
    std::string bytes_; // a round, and a chunk more
};

} // namespace bench
