// The events of all flows as lines of JSON, for whoever follows them over the admin API. Told on
// the recorder's thread, which it never holds up: a listener that is too slow misses events, and is
// told how many. Thread-safe.
#pragma once

#include "helloscope/model/event.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace helloscope::web {

class event_feed {
  public:
    class listener {
      public:
        // Called when something came where nothing was, on the thread that told it.
        explicit listener(std::function<void()> wake) : wake_(std::move(wake)) {}
        // What came since, as lines; empty: nothing did.
        std::string take();

      private:
        friend event_feed;
        void hear(std::string_view line);

        std::function<void()> wake_;
        std::mutex mutex_;
        std::string lines_;
        std::uint64_t missed_ = 0;
    };

    // Hears from now on, for as long as somebody holds it.
    std::shared_ptr<listener> listen(std::function<void()> wake);
    void add(const model::event& event);

  private:
    std::mutex mutex_;
    std::vector<std::weak_ptr<listener>> listeners_;
    std::string line_;
};

} // namespace helloscope::web
