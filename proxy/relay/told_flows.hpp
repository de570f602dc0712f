// Flows as the recorder tells them, kept as the public face shows them until somebody takes them.
// Thread-safe.
#pragma once

#include "helloscope/helloscope.hpp"
#include "helloscope/relay/recorder.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>

namespace helloscope::relay {

class told_flows {
  public:
    onlookers ears(); // what the relay is to tell; this must outlive it

    // The first that ended and has not been taken; waits for one until then. Nothing once stopped.
    std::optional<helloscope::flow> take(std::chrono::steady_clock::time_point until);
    // Waits until as many as `opened` says have ended.
    void wait_for_all(
        const std::function<std::uint64_t()>& opened, std::chrono::steady_clock::time_point until);
    // Ends what waits in take(), and lets nobody take one there any more.
    void stop();
    // What nobody took, by number.
    std::vector<helloscope::flow> take_all();

  private:
    struct unfinished {
        std::vector<model::event> events;
        bool complete = true;
    };

    void add(const model::event& event);
    void end(const model::timeline& story);

    std::unordered_map<std::uint64_t, unfinished> open_; // the recorder's thread alone

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<helloscope::flow> over_;
    std::uint64_t ended_ = 0;
    bool stopped_ = false;
};

} // namespace helloscope::relay
