// What was done lately, so that it is not done again too soon. For any thread.
#pragma once

#include "helloscope/base/time.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <unordered_map>

namespace helloscope::relay {

class recently {
  public:
    static constexpr std::size_t most = 4'096; // the oldest go

    explicit recently(duration kept) : kept_(kept) {}

    // Whether it may be done now, and then it counts as done.
    bool begin(const std::string& what, timestamp now) {
        const std::lock_guard lock(mutex_);
        const auto known = done_.find(what);
        if (known != done_.end() && now - known->second < kept_) return false;
        if (known == done_.end() && done_.size() >= most) make_room(now);
        done_[what] = now;
        return true;
    }

  private:
    void make_room(timestamp now) {
        std::erase_if(done_, [&](const auto& one) { return now - one.second >= kept_; });
        if (done_.size() < most) return;
        done_.erase(
            std::ranges::min_element(done_, {}, [](const auto& one) { return one.second; }));
    }

    const duration kept_;
    std::mutex mutex_;
    std::unordered_map<std::string, timestamp> done_;
};

} // namespace helloscope::relay
