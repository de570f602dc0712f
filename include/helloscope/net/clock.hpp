// The time of a flow's events: wall clock when the flow opened, steady clock from there on, so that
// no step of the wall clock makes a duration negative.
#pragma once

#include "helloscope/base/time.hpp"

namespace helloscope::net {

class flow_clock {
  public:
    flow_clock() = default;
    // Of a flow that has been open so long.
    explicit flow_clock(duration open) : flow_clock() {
        opened_ -= open;
        steady_ -= open;
    }

    timestamp now() const {
        return opened_ +
               std::chrono::duration_cast<duration>(std::chrono::steady_clock::now() - steady_);
    }
    timestamp opened() const { return opened_; }

  private:
    timestamp opened_ = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    std::chrono::steady_clock::time_point steady_ = std::chrono::steady_clock::now();
};

} // namespace helloscope::net
