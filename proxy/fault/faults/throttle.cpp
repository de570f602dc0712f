// throttle:64KiB/s. Bytes leave when a line of that rate would have carried them, in pieces of a
// tenth of a second at most. 0/s is no limit, as with Toxiproxy.
#include "../effect.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public effect {
  public:
    explicit effect_of(const making& from) : rate_(from.value("rate")) {}

    void pass(pieces& in, pieces& out, turn& now) override {
        due_.reset();
        while (!in.empty()) {
            const auto size = portion(in.front().size());
            const auto due = std::max(free_, in.front().came) + time_of(size);
            if (due > now.time) {
                now.acted(
                    fmt::format("no more than {} bytes a second pass", rate_), in.front().offset);
                due_ = due;
                return;
            }
            in.pass(out, due, size);
            free_ = due;
        }
    }
    std::optional<timestamp> wake() const override { return due_; }

  private:
    std::size_t portion(std::size_t waiting) const {
        if (rate_ == 0) return waiting;
        const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, rate_ / 10));
        return std::min(waiting, most);
    }
    duration time_of(std::size_t size) const {
        if (rate_ == 0) return {};
        return duration(static_cast<std::int64_t>(size) * 1'000'000'000 / rate_);
    }

    std::int64_t rate_;
    timestamp free_{};
    std::optional<timestamp> due_;
};

constexpr parameter parameters[] = {{"rate", unit::rate, 0, most_bytes, {}, true}};

} // namespace

constinit const kind faults::throttle{
    "throttle", "limits the rate", parameters, place::stream, make<effect_of>};

} // namespace helloscope::fault
