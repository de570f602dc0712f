// A value that is immutable and exchanged whole while threads read it: each keeps what it has got
// for as long as it likes.
#pragma once

#include <memory>
#include <mutex>

namespace helloscope::relay {

template <class T> class snapshot {
  public:
    snapshot() = default;
    explicit snapshot(std::shared_ptr<const T> first) : value_(std::move(first)) {}

    std::shared_ptr<const T> now() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }
    void exchange(std::shared_ptr<const T> next) {
        const std::lock_guard lock(mutex_);
        value_.swap(next); // what nobody needs any more goes behind the lock
    }

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const T> value_;
};

} // namespace helloscope::relay
