// Reads a stream for a dialogue: what has come and was not used yet is kept together. For heads and
// the like, not for bulk. Holds no large buffer while it waits.
#pragma once

#include "buffers.hpp"
#include "helloscope/net/streams/stream.hpp"

namespace helloscope::relay {

class stream_reader {
  public:
    // Reads `from` as it is at each call: a TLS stream may take its place meanwhile.
    stream_reader(std::unique_ptr<net::stream>& from, buffer_pool& buffers)
        : from_(from), buffers_(buffers) {}

    bytes_view unused() const { return bytes_view(came_).subspan(spent_); }
    void spend(std::size_t n);
    bytes take(); // all that is unused
    void put(bytes_view read);

    // One read more; the error that came instead: eof, or operation_aborted when the waiting was
    // ended. Never would_block.
    net::awaitable<net::error_code> more();

  private:
    void drop_spent();

    std::unique_ptr<net::stream>& from_;
    buffer_pool& buffers_;
    bytes came_;
    std::size_t spent_ = 0;
};

} // namespace helloscope::relay
