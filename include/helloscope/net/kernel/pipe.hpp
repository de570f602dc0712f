// A pipe through which the kernel moves bytes from one socket to another: splice(2) hands over the
// pages, so that bodies need not enter user space. Linux. Not thread-safe.
#pragma once

#include "helloscope/net/streams/stream.hpp"

#include <vector>

namespace helloscope::net {

class pipe {
  public:
    static constexpr std::size_t wanted_capacity = 1 << 20;  // bytes; as much as any user may have
    static constexpr std::size_t least_capacity = 64 * 1024; // below it, copying is as fast

    // Nothing when the process has no descriptor left, or the user no pages for pipes
    // (/proc/sys/fs/pipe-user-pages-soft): bytes are copied then.
    static std::optional<pipe> open();
    pipe(pipe&& other) noexcept;
    pipe& operator=(pipe&& other) noexcept;
    ~pipe();

    // Moves up to `most` bytes in from a socket; the outcome is that of stream::read_now. A pipe
    // that is full says would_block as an empty socket does.
    moved fill(int socket, std::size_t most);
    // Moves what it holds to a socket, as stream::write_now.
    moved drain(int socket);
    // Lets `other` hold the same bytes, once more (tee(2)); how many: all, where `other` is empty
    // and of no less capacity.
    std::size_t share_with(pipe& other);
    // Takes bytes out: into memory, or to nowhere.
    std::size_t read(std::span<std::uint8_t> into);
    void discard(std::size_t size);

    std::size_t held() const { return held_; } // bytes
    std::size_t capacity() const { return capacity_; }

  private:
    pipe(int in, int out) : in_(in), out_(out) {}

    int in_ = -1, out_ = -1;
    std::size_t held_ = 0, capacity_ = 0;
};

// The pipes of one thread. A flow borrows one while bytes pass and gives it back when it waits for
// more, so that a few serve thousands of flows.
class pipe_pool {
  public:
    explicit pipe_pool(std::size_t most) : most_(most) {}

    class loan {
      public:
        loan(pipe_pool& from, pipe one) : from_(&from), pipe_(std::move(one)) {}
        loan(loan&& other) noexcept
            : from_(std::exchange(other.from_, nullptr)), pipe_(std::move(other.pipe_)) {}
        loan& operator=(loan&&) = delete;
        ~loan() {
            if (from_ != nullptr) from_->give_back(std::move(pipe_));
        }
        pipe& operator*() { return pipe_; }
        pipe* operator->() { return &pipe_; }

      private:
        pipe_pool* from_;
        pipe pipe_;
    };

    // Nothing when all are lent, or none can be made.
    std::optional<loan> borrow();
    std::size_t lent() const { return lent_; }

  private:
    void give_back(pipe one);

    std::vector<pipe> idle_;
    std::size_t most_;
    std::size_t lent_ = 0;
};

// How many pipes of the wanted capacity all threads together may have: three quarters of what the
// kernel grants a user, for others run beside us.
std::size_t pipe_budget();

} // namespace helloscope::net
