// stall: nothing passes any more; stall:3s: nothing for 3 s, then all that was held.
#include "../effect.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public effect {
  public:
    explicit effect_of(const making& from) : time_(from.time("time")), until_(from.now + time_) {}

    void pass(pieces& in, pieces& out, turn& now) override {
        const bool for_ever = time_.count() == 0;
        over_ = !for_ever && now.time >= until_;
        if (over_) {
            in.pass_all(out);
        } else if (!in.empty()) {
            now.acted(
                for_ever ? "holds back everything"
                         : fmt::format("holds back everything for {}", words_of(time_)),
                in.front().offset);
        }
    }
    std::optional<timestamp> wake() const override {
        return over_ || time_.count() == 0 ? std::nullopt : std::optional(until_);
    }

  private:
    duration time_;
    timestamp until_;
    bool over_ = false;
};

constexpr parameter parameters[] = {{"time", unit::time, 0, longest_time, 0, true}};

} // namespace

constinit const kind faults::stall{
    "stall", "holds back everything", parameters, place::stream, make<effect_of>};

} // namespace helloscope::fault
