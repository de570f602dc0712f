// slow-close:2s: bytes pass at once, the end of the direction 2 s after it came.
#include "../effect.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public effect {
  public:
    explicit effect_of(const making& from) : time_(from.time("time")) {}

    void pass(pieces& in, pieces& out, turn& now) override {
        due_.reset();
        while (!in.empty()) {
            const auto& next = in.front();
            const auto due = next.what == mark::none ? next.came : next.came + time_;
            if (due > now.time) {
                due_ = due;
                now.acted(fmt::format("delays the end by {}", words_of(time_)), next.offset);
                return;
            }
            in.pass(out, due);
        }
    }
    std::optional<timestamp> wake() const override { return due_; }

  private:
    duration time_;
    std::optional<timestamp> due_;
};

constexpr parameter parameters[] = {{"time", unit::time, 0, longest_time, 0, true}};

} // namespace

constinit const kind faults::slow_close{
    "slow-close", "delays the end of a direction", parameters, place::stream, make<effect_of>};

} // namespace helloscope::fault
