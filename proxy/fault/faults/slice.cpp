// slice:100,vary=20,pause=1ms: pieces of 80 to 120 bytes, each a write of its own.
#include "../effect.hpp"
#include "faults.hpp"

#include <fmt/format.h>

namespace helloscope::fault {
namespace {

class effect_of final : public effect {
  public:
    explicit effect_of(const making& from)
        : size_(from.value("size")), vary_(from.value("vary")), pause_(from.time("pause")),
          luck_(from.luck) {}

    void pass(pieces& in, pieces& out, turn& now) override {
        while (!in.empty() && next_ <= now.time) {
            const auto size = draw();
            if (size < in.front().size())
                now.acted(
                    fmt::format("cuts into pieces of about {} bytes", size_), in.front().offset);
            const bool bytes_pass = in.front().what == mark::none;
            in.pass(out, now.time, size);
            if (bytes_pass) next_ = now.time + pause_;
        }
        waits_ = !in.empty();
    }
    std::optional<timestamp> wake() const override {
        return waits_ ? std::optional(next_) : std::nullopt;
    }

  private:
    std::size_t draw() {
        const auto drawn = vary_ == 0 ? size_ : size_ - vary_ + luck_.up_to(2 * vary_);
        return static_cast<std::size_t>(std::max<std::int64_t>(1, drawn));
    }

    std::int64_t size_, vary_;
    duration pause_;
    chance luck_;
    timestamp next_{};
    bool waits_ = false;
};

constexpr parameter parameters[] = {
    {"size", unit::bytes, 1, 1 << 30, {}, true},
    {"vary", unit::bytes, 0, 1 << 30, 0},
    {"pause", unit::time, 0, longest_time, 0}};

} // namespace

constinit const kind faults::slice{
    "slice", "cuts what passes into small pieces", parameters, place::stream, make<effect_of>};

} // namespace helloscope::fault
