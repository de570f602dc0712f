// What GET /bytes/N returns: bytes that look random and that anyone can check at any offset.
#pragma once

#include <cstdint>
#include <span>

namespace helloscope::origin {

// The bytes from `offset` on, of the endless stream that `seed` names.
void fill(std::span<std::uint8_t> out, std::uint64_t offset, std::uint64_t seed);

} // namespace helloscope::origin
