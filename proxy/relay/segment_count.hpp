// Whether the writes of a shaped first flight left as so many segments. The kernel counts what it
// sent (tcpi_data_segs_out), from the first write until all is acknowledged, or until more is sent.
#pragma once

#include "helloscope/model/event.hpp"

namespace helloscope::relay {

class segment_count {
  public:
    // Before the first of the writes.
    segment_count(std::size_t writes, const model::path_sample& before);

    void saw(const model::path_sample& now);
    bool acknowledged() const { return outcome_.acknowledged; }
    const model::segmented& outcome() const { return outcome_; } // as of what was seen last

    // A kernel that does not count them is not asked.
    static bool counted_in(const model::path_sample& sample) {
        return sample.data_segs_out && sample.total_retrans;
    }

  private:
    std::uint32_t data_before_, again_before_;
    model::segmented outcome_;
};

} // namespace helloscope::relay
