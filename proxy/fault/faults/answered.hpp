// Says something itself, once: in the place of what would have passed, or back to whom the
// trigger's bytes come from. What alert and not-tls share.
#pragma once

#include "../effect.hpp"

namespace helloscope::fault {

class answered : public effect {
  public:
    answered(const making& from, bytes words, std::string did, bool last)
        : in_place_(from.of.way.value_or(direction::to_client) == from.passing),
          words_(std::move(words)), did_(std::move(did)), last_(last) {}

    void pass(pieces& in, pieces& out, turn& now) override {
        if (!said_) say(in.empty() ? 0 : in.front().offset, out, now);
        if (last_)
            in.clear();
        else
            in.pass_all(out);
    }

  private:
    void say(std::uint64_t offset, pieces& out, turn& now) {
        said_ = true;
        now.acted(did_, offset);
        if (!in_place_) {
            now.answer(words_, last_);
            return;
        }
        out.push(piece{words_, 0, offset, now.time, mark::none});
        if (last_) out.push(mark::close, offset, now.time);
    }

    bool in_place_;
    bytes words_;
    std::string did_;
    bool last_; // nothing passes behind it
    bool said_ = false;
};

} // namespace helloscope::fault
