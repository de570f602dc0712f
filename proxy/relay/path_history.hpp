// What the flows of the last minutes saw, by address, name, network and parent: the baseline that
// tells one broken flow from a broken place. Touched once a flow, and when one stands still; for
// any thread.
#pragma once

#include "helloscope/model/timeline.hpp"

#include <mutex>
#include <unordered_map>

namespace helloscope::relay {

class path_history {
  public:
    static constexpr duration kept = std::chrono::minutes(10);
    static constexpr std::size_t most = 4'096; // places; the oldest go

    // A flow that is over. One without a hello to a server that was connected tells nothing.
    void add(const model::timeline& flow);

    // What was seen at the places of this flow, until now; nothing of itself.
    std::vector<model::seen_before> of(const model::timeline& flow) const;

  private:
    struct place {
        model::seen_before seen;
        timestamp last;
    };
    void make_room(timestamp now);

    mutable std::mutex mutex_;
    std::unordered_map<std::string, place> places_; // by scope and what it is
};

} // namespace helloscope::relay
