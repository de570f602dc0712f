#include "helloscope/net/streams/tcp_stream.hpp"

#include "../kernel/outcome.hpp"
#include "helloscope/net/kernel/tcp_info.hpp"

#include <sys/socket.h>

namespace helloscope::net {

namespace {

class tcp_stream final : public stream {
  public:
    explicit tcp_stream(tcp::socket socket) : socket_(std::move(socket)) {
        error_code ignored; // a socket that is dead already says so at the first read
        if (!socket_.native_non_blocking()) // a connect that was waited for made it so
            socket_.native_non_blocking(true, ignored);
        socket_.set_option(tcp::no_delay(true), ignored);
    }

    moved read_now(std::span<std::uint8_t> into) override {
        auto got = outcome(::recv(socket_.native_handle(), into.data(), into.size(), 0));
        if (!got.error && got.size == 0) got.error = asio::error::eof;
        return got;
    }

    moved write_now(bytes_view from) override {
        return outcome(::send(socket_.native_handle(), from.data(), from.size(), MSG_NOSIGNAL));
    }

    // TCP_NODELAY sends it at once; MSG_EOR keeps the kernel from adding to it, in the queue and
    // when it is retransmitted.
    moved write_segment_now(bytes_view from) override {
        return outcome(
            ::send(socket_.native_handle(), from.data(), from.size(), MSG_NOSIGNAL | MSG_EOR));
    }

    awaitable<error_code> wait_readable() override { return wait(tcp::socket::wait_read); }
    awaitable<error_code> wait_writable() override { return wait(tcp::socket::wait_write); }
    void when_readable(readable_sink& to, const asio::any_io_executor&) override {
        socket_.async_wait(tcp::socket::wait_read, [&to](const error_code& failed) {
            to.readable(nullptr, failed);
        });
    }

    void stop_waiting() override {
        error_code ignored;
        socket_.cancel(ignored);
    }

    void shutdown_send() override {
        error_code ignored; // a peer that is gone already needs no FIN
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
    }

    void reset() override {
        error_code ignored;
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    }

    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }

    error_code ended() const override {
        std::uint8_t one = 0;
        const auto got = outcome(::recv(handle(), &one, 1, MSG_PEEK | MSG_DONTWAIT));
        if (got.size > 0 || got.error == asio::error::would_block) return {};
        return got.error ? got.error : error_code(asio::error::eof);
    }

    int plain_socket() const override { return handle(); }

    std::size_t unacknowledged() const override { return bytes_unacknowledged(handle()); }

    std::optional<model::path_sample> path() const override { return read_path(handle()); }

  private:
    // Asio's native_handle() is not const, though it changes nothing.
    int handle() const { return const_cast<tcp::socket&>(socket_).native_handle(); }

    awaitable<error_code> wait(tcp::socket::wait_type what) {
        const auto [error] = co_await socket_.async_wait(what, as_result);
        co_return error;
    }

    tcp::socket socket_;
};

} // namespace

std::unique_ptr<stream> make_tcp_stream(tcp::socket socket) {
    return std::make_unique<tcp_stream>(std::move(socket));
}

} // namespace helloscope::net
