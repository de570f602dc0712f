// What is on its way through a chain of faults: pieces in order, each of what was written at once,
// and the ends that travel behind them.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/base/time.hpp"

#include <algorithm>
#include <deque>

namespace helloscope::fault {

enum class mark : std::uint8_t {
    none,  // bytes
    end,   // FIN: this direction is over
    close, // both connections are closed
    reset, // both connections are reset
};

struct piece {
    bytes octets;
    std::size_t begin = 0;    // octets before it have gone on already
    std::uint64_t offset = 0; // of its first byte in the direction's stream
    timestamp came;           // to where it waits now
    mark what = mark::none;

    std::size_t size() const { return octets.size() - begin; }
    bytes_view view() const { return bytes_view(octets).subspan(begin); }
    std::uint64_t end() const { return offset + size(); }

    // Its first bytes, as a piece of their own.
    piece cut(std::size_t size_of_it) {
        const auto first = view().first(size_of_it);
        piece made{to_bytes(first), 0, offset, came, mark::none};
        begin += size_of_it;
        offset += size_of_it;
        return made;
    }
};

class pieces {
  public:
    bool empty() const { return waiting_.empty(); }
    std::size_t bytes_held() const { return held_; }
    piece& front() { return waiting_.front(); }
    const piece& front() const { return waiting_.front(); }

    void push(piece one) {
        held_ += one.size();
        waiting_.push_back(std::move(one));
    }
    void push(mark what, std::uint64_t offset, timestamp came) {
        push(piece{{}, 0, offset, came, what});
    }
    piece pop() {
        auto one = std::move(waiting_.front());
        waiting_.pop_front();
        held_ -= one.size();
        return one;
    }
    // The first bytes of the front; all of it, or less.
    piece pop(std::size_t size) {
        if (size >= front().size()) return pop();
        held_ -= size;
        return front().cut(size);
    }
    void clear() {
        waiting_.clear();
        held_ = 0;
    }

    // ---- what faults do most
    void pass_all(pieces& out) {
        while (!empty()) out.push(pop());
    }
    // The front goes on at this time, or its first bytes do.
    void pass(pieces& out, timestamp when) { pass(out, when, front().size()); }
    void pass(pieces& out, timestamp when, std::size_t size) {
        auto one = pop(size);
        one.came = when;
        out.push(std::move(one));
    }

  private:
    std::deque<piece> waiting_;
    std::size_t held_ = 0;
};

} // namespace helloscope::fault
