// Large buffers that the flows of one thread borrow while bytes pass through, and give back when
// they wait: an idle flow holds none.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace helloscope::relay {

class buffer_pool {
  public:
    static constexpr std::size_t buffer_size = 128 * 1024;

    class loan {
      public:
        explicit loan(buffer_pool& from) : from_(&from), bytes_(from.take()) {}
        loan(loan&&) noexcept = default;
        loan& operator=(loan&&) = delete;
        ~loan() {
            if (bytes_) from_->give_back(std::move(bytes_));
        }
        std::span<std::uint8_t> span() { return *bytes_; }

      private:
        friend class buffer_pool;
        buffer_pool* from_;
        std::unique_ptr<std::array<std::uint8_t, buffer_size>> bytes_;
    };

    loan borrow() { return loan(*this); }
    std::size_t lent() const { return lent_; }

  private:
    using buffer = std::unique_ptr<std::array<std::uint8_t, buffer_size>>;
    static constexpr std::size_t most_idle = 16; // more are given back to the system

    buffer take() {
        buffer one;
        if (idle_.empty()) {
            // Not make_unique: a buffer is never cleared, only written over.
            one.reset(new std::array<std::uint8_t, buffer_size>);
        } else {
            one = std::move(idle_.back());
            idle_.pop_back();
        }
        ++lent_;
        return one;
    }
    void give_back(buffer one) {
        --lent_;
        if (idle_.size() < most_idle) idle_.push_back(std::move(one));
    }

    std::vector<buffer> idle_;
    std::size_t lent_ = 0;
};

} // namespace helloscope::relay
