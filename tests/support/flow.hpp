// A flow as a test tells it: events in order, each some time after the one before.
#pragma once

#include "helloscope/model/timeline.hpp"

namespace helloscope::test {

class flow {
  public:
    explicit flow(std::uint64_t number = 1) : number_(number) {}

    // `what` happens `after` the last one.
    flow& then(duration after, model::happening what) {
        now_ += after;
        events_.push_back({number_, now_, std::move(what)});
        return *this;
    }

    timestamp now() const { return now_; }
    const std::vector<model::event>& events() const { return events_; }
    model::timeline told() const {
        model::timeline line;
        for (const auto& event : events_) model::apply(line, event);
        return line;
    }

  private:
    std::uint64_t number_;
    timestamp now_{std::chrono::microseconds(1'795'213'175'000'000)};
    std::vector<model::event> events_;
};

} // namespace helloscope::test
