// The pump's fast path: both legs are plain sockets, nothing reshapes the stream, and the bodies of
// application data go through a pipe in the kernel. Every record header is seen all the same: by a
// peek before the bytes go, or in a second handle on them, of which the bodies are read as well
// where system calls are dear.
#pragma once

#include "flow.hpp"
#include "helloscope/net/kernel/peek.hpp"
#include "helloscope/net/kernel/pipe.hpp"

namespace helloscope::relay {

// Of one direction, for as long as it lasts.
class fast_path {
  public:
    fast_path(flow& moving, direction way);

    // Whether the kernel should move the next bytes: much came at once lately, and nobody wants to
    // see it.
    bool pays() const { return pays_; }
    // What a read into memory brought, which is how it begins to pay.
    void copied(std::size_t size) {
        if (size < worth_it)
            pays_ = false;
        else
            pays_ = can() && (doubts_ == 0 || --doubts_ == 0);
    }

    struct step {
        net::moved read;    // as of stream::read_now
        net::moved written; // as of stream::write_now; what was read and not written is in the pipe
        bool drained = false; // nothing more waits, as far as is known
        bool unable = false;  // what comes next must be read into memory
    };
    // What broke the source, told to a peek: later reads only say that nothing comes any more.
    net::error_code broken() const { return broken_; }
    // A turn begins: what waits is moved until it is drained, or others have their turn.
    void begin_turn();
    std::size_t moved() const { return total_; } // in this turn
    // Moves what waits, up to as much as is good at once. `through` is empty before.
    step move(net::pipe& through);

  private:
    static constexpr std::size_t worth_it = 8 * 1024; // bytes at once

    bool can() const;
    step move_opaque(net::pipe& through);
    step move_peeked(net::pipe& through);
    step move_teed(net::pipe& through);
    void read_whole(net::pipe& copy);
    void read_headers(net::pipe& copy, std::size_t size);
    void adapt(const step& done);
    void doubt();

    flow& flow_;
    direction way_;
    bool pays_ = false;
    int doubts_ = 0;        // reads into memory before another try: records were small
    std::size_t reach_;     // bytes to move at once
    std::size_t total_ = 0; // moved in this turn
    std::optional<net::peeker> look_;
    net::error_code broken_;
};

} // namespace helloscope::relay
