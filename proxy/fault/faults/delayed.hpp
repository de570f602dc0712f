// Each piece goes on some time after it came, and none overtakes another: what latency and jitter
// share.
#pragma once

#include "../effect.hpp"

namespace helloscope::fault {

class delayed : public effect {
  public:
    void pass(pieces& in, pieces& out, turn& now) override {
        while (!in.empty()) {
            if (!due_) {
                due_ = std::max(last_, in.front().came + draw());
                if (*due_ > now.time) now.acted(did(), in.front().offset);
            }
            if (*due_ > now.time) return;
            in.pass(out, last_ = *due_);
            due_.reset();
        }
    }
    std::optional<timestamp> wake() const override { return due_; }

  private:
    virtual duration draw() = 0;
    virtual std::string did() const = 0;

    std::optional<timestamp> due_; // of the first piece that waits
    timestamp last_{};
};

} // namespace helloscope::fault
