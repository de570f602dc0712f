// A leg whose end has been read already: it says so once more to whoever reads next, since a kernel
// tells of a reset only once. All else is the leg's own.
#pragma once

#include "helloscope/net/streams/stream.hpp"

#include <memory>

namespace helloscope::relay {

class ended_stream final : public net::stream {
  public:
    ended_stream(std::unique_ptr<net::stream> leg, net::error_code how)
        : leg_(std::move(leg)), how_(how) {}

    net::moved read_now(std::span<std::uint8_t>) override { return {0, how_}; }
    net::moved write_now(bytes_view from) override { return leg_->write_now(from); }
    net::awaitable<net::error_code> wait_readable() override {
        co_return gone_ ? net::error_code(net::asio::error::operation_aborted) : net::error_code();
    }
    net::awaitable<net::error_code> wait_writable() override { return leg_->wait_writable(); }
    void stop_waiting() override { leg_->stop_waiting(); }
    void shutdown_send() override { leg_->shutdown_send(); }
    void reset() override {
        gone_ = true;
        leg_->reset();
    }
    void close() override {
        gone_ = true;
        leg_->close();
    }
    net::error_code ended() const override { return how_; }
    std::size_t unacknowledged() const override { return leg_->unacknowledged(); }
    std::optional<model::path_sample> path() const override { return leg_->path(); }
    // No plain_socket: what is to be read here is not in it.

  private:
    std::unique_ptr<net::stream> leg_;
    net::error_code how_;
    bool gone_ = false;
};

} // namespace helloscope::relay
