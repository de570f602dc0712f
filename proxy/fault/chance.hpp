// What is left to chance, without any: the same seed, flow and fault give the same numbers.
// (splitmix64, public domain.)
#pragma once

#include <cstdint>
#include <string_view>

namespace helloscope::fault {

class chance {
  public:
    // Other values for other flows and other faults, though their seed be the same.
    chance(std::uint64_t seed, std::uint64_t flow, std::string_view fault)
        : state_(seed ^ (flow * 0x9e3779b97f4a7c15)) {
        for (const auto one : fault)
            state_ = (state_ ^ static_cast<std::uint8_t>(one)) * 0x100000001b3;
    }

    std::uint64_t next() {
        auto z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    // 0 up to `most`, which is included and not negative.
    std::int64_t up_to(std::int64_t most) {
        return static_cast<std::int64_t>(next() % (static_cast<std::uint64_t>(most) + 1));
    }
    // From 0 up to 1, which is not included.
    double part() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  private:
    std::uint64_t state_;
};

} // namespace helloscope::fault
