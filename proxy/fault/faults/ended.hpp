// After some bytes and some time an end is put out, and nothing passes behind it: what the faults
// share that end a connection.
#pragma once

#include "../effect.hpp"

namespace helloscope::fault {

class ended : public effect {
  public:
    ended(const making& from, mark how, std::string did, std::int64_t keep, duration after)
        : how_(how), did_(std::move(did)), left_(keep), due_(from.now + after) {}

    void pass(pieces& in, pieces& out, turn& now) override {
        while (left_ > 0 && !in.empty() && in.front().what == mark::none) {
            const auto size = std::min(left_, static_cast<std::int64_t>(in.front().size()));
            at_ = in.front().offset + static_cast<std::uint64_t>(size);
            in.pass(out, now.time, static_cast<std::size_t>(size));
            left_ -= size;
        }
        if (left_ > 0 || over_) { // a stream that ends before needs no help; one that has is over
            over_ ? in.clear() : in.pass_all(out);
            return;
        }
        if (!in.empty() && !at_) at_ = in.front().offset;
        if (due_ > now.time) return;
        now.acted(did_, at_.value_or(0));
        over_ = true;
        out.push(how_, at_.value_or(0), now.time);
        in.clear();
    }
    std::optional<timestamp> wake() const override {
        return over_ || left_ > 0 ? std::nullopt : std::optional(due_);
    }

  private:
    mark how_;
    std::string did_;
    std::int64_t left_;
    timestamp due_;
    std::optional<std::uint64_t> at_;
    bool over_ = false;
};

} // namespace helloscope::fault
