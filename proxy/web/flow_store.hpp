// The flows that run, and the last ones that are over, as the admin API shows them. It is told on
// the recorder's thread and asked on another. Its memory is bounded: a flow is its timeline.
#pragma once

#include "helloscope/model/timeline.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace helloscope::web {

class flow_store {
  public:
    explicit flow_store(std::size_t most_over = 1'000) : most_over_(most_over) {}

    void add(const model::event& event);
    void over(const model::timeline& flow);

    // Those with a higher number, by number, `most` at most.
    std::vector<model::timeline> after(std::uint64_t number, std::size_t most) const;
    std::optional<model::timeline> find(std::uint64_t number) const;

  private:
    const std::size_t most_over_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, model::timeline> flows_; // open ones too
    std::deque<std::uint64_t> over_;                 // in the order in which they ended
};

} // namespace helloscope::web
