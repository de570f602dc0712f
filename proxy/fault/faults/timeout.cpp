// timeout:2s: nothing gets through, and 2 s later both connections close; timeout: they never do.
// As Toxiproxy's: what comes is dropped, and when the fault is taken away the connections close,
// because a stream with a hole in it is of no use to anybody.
#include "../effect.hpp"
#include "faults.hpp"

#include <utility>

namespace helloscope::fault {
namespace {

class effect_of final : public effect {
  public:
    explicit effect_of(const making& from) {
        if (from.time("time").count() > 0) due_ = from.now + from.time("time");
    }

    void pass(pieces& in, pieces& out, turn& now) override {
        for (; !in.empty(); in.pop()) {
            now.acted("drops everything", in.front().offset);
            if (in.front().what != mark::none) close(out, now);
        }
        if (due_ && *due_ <= now.time) close(out, now);
    }
    std::optional<timestamp> wake() const override { return due_; }
    void taken_away(pieces& out, turn& now) override { close(out, now); }

  private:
    void close(pieces& out, turn& now) {
        due_.reset();
        if (!std::exchange(closed_, true)) out.push(mark::close, 0, now.time);
    }

    std::optional<timestamp> due_;
    bool closed_ = false;
};

constexpr parameter parameters[] = {{"time", unit::time, 0, longest_time, 0, true}};

} // namespace

constinit const kind faults::timeout{
    "timeout", "drops everything, and closes after a time", parameters, place::stream,
    make<effect_of>};

} // namespace helloscope::fault
