// Appends to a text or to bytes through a cursor, for what is written often: the buffer grows in
// steps, not with each token, and keeps its memory from pen to pen. While a pen is at work its
// buffer holds more than was written; it is as long as that again when the pen goes.
#pragma once

#include "helloscope/base/bytes.hpp"

#include <cstring>
#include <string>

namespace helloscope {

template <class Buffer> class pen {
  public:
    using unit = typename Buffer::value_type;

    explicit pen(Buffer& out) : out_(out), start_(out.size()) { move_to(out.size()); }
    ~pen() { out_.resize(size()); }
    pen(const pen&) = delete;
    pen& operator=(const pen&) = delete;

    // Where to write the next `most` units, at most; done() tells where that ended.
    unit* room(std::size_t most) {
        if (static_cast<std::size_t>(end_ - at_) < most) grow(most);
        return at_;
    }
    void done(unit* end) { at_ = end; }

    void put(unit one) {
        *room(1) = one;
        ++at_;
    }
    // `size` units from anywhere; a size known when compiled becomes a store or two.
    void copy(const void* from, std::size_t size) {
        auto* to = room(size);
        if (size > 0) std::memcpy(to, from, size);
        done(to + size);
    }

    std::size_t size() const { return static_cast<std::size_t>(at_ - out_.data()); }
    std::size_t written() const { return size() - start_; }
    unit& last() { return at_[-1]; } // of what was written
    void take_back() { --at_; }

  private:
    // First by what is asked for, then by as much again: few steps, little filled in vain.
    void grow(std::size_t most) {
        const auto here = size();
        out_.resize(here + most + (here - start_));
        move_to(here);
    }
    void move_to(std::size_t here) {
        at_ = out_.data() + here;
        end_ = out_.data() + out_.size();
    }

    Buffer& out_;
    std::size_t start_;
    unit* at_ = nullptr;
    unit* end_ = nullptr;
};

} // namespace helloscope
