// Numbers as people read them.
#pragma once

#include "helloscope/base/time.hpp"

#include <cstdint>
#include <string>

namespace helloscope::diagnose {

std::string text_of(duration time); // "0.31 ms", "2.1 ms", "128 ms", "10.0 s", "3 min 5 s"
std::string text_of_number(std::uint64_t value); // "1,493"
std::string text_of_bytes(std::uint64_t bytes);  // "1 byte", "1,493 bytes", "41.3 KiB", "4.1 MiB"
// "1 record", "2 records"
std::string text_of_count(std::uint64_t count, std::string_view noun);

} // namespace helloscope::diagnose
