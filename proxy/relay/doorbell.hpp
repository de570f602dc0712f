// Wakes the recorder when something is queued: at once when it sleeps, and then only now and then.
// What comes within a pause is taken together, so that a thread that queues pays nothing for it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace helloscope::relay {

class doorbell {
  public:
    static constexpr std::chrono::milliseconds pause{10};

    // Something was queued; `urgent`: so much that it should not wait for the pause to end.
    void press(bool urgent) {
        // Pairs with the fence in sleep(): either we see the sleeper, or it sees what we queued.
        std::atomic_thread_fence(std::memory_order_seq_cst);
        const auto now = state_.load(std::memory_order_relaxed);
        if (now == awake || (now == pausing && !urgent)) return;
        wake();
    }
    // Whatever it does, now.
    void wake() {
        {
            const std::lock_guard lock(mutex_);
            rung_ = true;
            state_.store(awake, std::memory_order_relaxed); // who presses now need not
        }
        changed_.notify_one();
    }

    // Until somebody presses, unless `anything()` is queued already; then the pause. Where there
    // was `work` there is soon more: only the pause.
    template <class Anything> void sleep(bool work, Anything anything) {
        std::unique_lock lock(mutex_);
        if (!work) {
            state_.store(asleep, std::memory_order_relaxed);
            std::atomic_thread_fence(std::memory_order_seq_cst);
            if (!anything()) changed_.wait(lock, [this] { return rung_; });
            rung_ = false;
        }
        state_.store(pausing, std::memory_order_relaxed);
        changed_.wait_for(lock, pause, [this] { return rung_; });
        rung_ = false;
        state_.store(awake, std::memory_order_relaxed);
    }

  private:
    enum state : int { awake, asleep, pausing };

    std::atomic<int> state_{awake};
    std::mutex mutex_;
    std::condition_variable changed_;
    bool rung_ = false;
};

} // namespace helloscope::relay
