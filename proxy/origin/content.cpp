#include "helloscope/origin/content.hpp"

namespace helloscope::origin {
namespace {

// SplitMix64's output function: any counter, any order.
std::uint64_t mixed(std::uint64_t counter) {
    std::uint64_t z = (counter + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

} // namespace

void fill(std::span<std::uint8_t> out, std::uint64_t offset, std::uint64_t seed) {
    const std::uint64_t stream = mixed(seed);
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::uint64_t at = offset + i;
        if (i == 0 || at % 8 == 0) word = mixed(stream + at / 8);
        out[i] = static_cast<std::uint8_t>(word >> (at % 8 * 8));
    }
}

} // namespace helloscope::origin
