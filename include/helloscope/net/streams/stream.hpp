// A two-way byte stream as the relay sees it: read and write what can be moved now, wait for more.
// Nothing here allocates per read but the frame of a wait, which Asio recycles on each thread.
// Not thread-safe: a stream lives on its flow's thread.
#pragma once

#include "helloscope/base/bytes.hpp"
#include "helloscope/model/path.hpp"
#include "helloscope/net/asio.hpp"

#include <optional>

namespace helloscope::net {

// What a read or a write moved. `error` is would_block when nothing can be moved now and
// asio::error::eof when the peer has ended its sending (FIN).
struct moved {
    std::size_t size = 0;
    error_code error;
};

// Who hears that a stream can be read.
struct readable_sink {
    // What went wrong in here, or as stream::wait_readable.
    virtual void readable(std::exception_ptr bug, const error_code& failed) = 0;

  protected:
    ~readable_sink() = default;
};

class stream {
  public:
    virtual ~stream() = default;

    virtual moved read_now(std::span<std::uint8_t> into) = 0;
    virtual moved write_now(bytes_view from) = 0;
    // The same, and nothing that is written later is joined to it in a segment, not even when it is
    // sent again. Where the segments are not ours to make, a write.
    virtual moved write_segment_now(bytes_view from) { return write_now(from); }

    // Until the stream is readable (or writable), has failed, or was ended from our side: then the
    // error is operation_aborted.
    virtual awaitable<error_code> wait_readable() = 0;
    virtual awaitable<error_code> wait_writable() = 0;
    // The first without a coroutine, which an idle connection would have to keep: `to` is told
    // once, on `on`, and never from in here.
    virtual void when_readable(readable_sink& to, const asio::any_io_executor& on) = 0;

    virtual void stop_waiting() = 0;  // who waits comes back with operation_aborted
    virtual void shutdown_send() = 0; // FIN behind what was written
    virtual void reset() = 0;         // RST, and what is still queued is dropped
    virtual void close() = 0;         // both ways, orderly

    // eof when the peer has ended its sending, or its error, and nothing of it is left to read;
    // else empty. Reads nothing.
    virtual error_code ended() const = 0;
    virtual std::size_t unacknowledged() const = 0; // bytes written, not yet known to have arrived
    virtual std::optional<model::path_sample> path() const = 0;

    // The socket that carries just the bytes of read_now and write_now, so that the kernel may move
    // them by itself; -1 where there is none. It stays the stream's.
    virtual int plain_socket() const { return -1; }
};

} // namespace helloscope::net
