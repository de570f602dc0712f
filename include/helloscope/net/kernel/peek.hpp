// Looks at bytes that wait in a socket without taking them, and without copying those before them
// (SO_PEEK_OFF, on TCP since Linux 6.9).
#pragma once

#include "helloscope/net/streams/stream.hpp"

namespace helloscope::net {

// Whether this kernel can: tried once, on a connection over loopback.
bool peeks_at_offsets();

// Looks at one socket, for as long as nobody else peeks there. Splicing moves the kernel's offset
// as little as it moves ours.
class peeker {
  public:
    explicit peeker(int socket) : socket_(socket) {}

    // Up to into.size() bytes that wait `offset` bytes behind the next one to be read. The outcome
    // is that of stream::read_now; the kernel tells an error once, also to one who only looks.
    moved at(std::size_t offset, std::span<std::uint8_t> into);
    // From now on a peek by anybody begins at the next byte again.
    void leave();

  private:
    bool go_to(int offset);

    int socket_;
    int offset_ = -1; // where the kernel's next peek begins; -1: at the next byte to be read
};

} // namespace helloscope::net
