// Whoever waits on a stream comes back when the time is up. The stream stays as it is.
#pragma once

#include "helloscope/base/time.hpp"
#include "helloscope/net/streams/stream.hpp"

#include <memory>

namespace helloscope::net {

// Wakes once: ask fired() after each wait, before the next one. `ends` outlives the deadline.
class deadline {
  public:
    deadline(const asio::any_io_executor& executor, stream& ends, duration limit)
        : timer_(executor, std::chrono::duration_cast<std::chrono::steady_clock::duration>(limit)),
          state_(std::make_shared<state>(state{&ends})) {
        timer_.async_wait([state = state_](const error_code& cancelled) {
            if (cancelled || state->ends == nullptr) return;
            state->fired = true;
            state->ends->stop_waiting();
        });
    }
    ~deadline() { state_->ends = nullptr; }
    deadline(const deadline&) = delete;
    deadline& operator=(const deadline&) = delete;
    bool fired() const { return state_->fired; }

  private:
    // A handler that is queued already cannot be called back: it must find nothing to end.
    struct state {
        stream* ends;
        bool fired = false;
    };
    asio::steady_timer timer_;
    std::shared_ptr<state> state_;
};

} // namespace helloscope::net
