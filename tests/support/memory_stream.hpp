// A stream without a socket: a test says what can be read and how much may be written, and sees
// what was. Its waits end when the test changes something.
#pragma once

#include "helloscope/net/streams/stream.hpp"

#include <deque>
#include <functional>
#include <string>

namespace helloscope::test {

class memory_stream final : public net::stream {
  public:
    explicit memory_stream(boost::asio::io_context& context)
        : changed_(context, std::chrono::steady_clock::time_point::max()) {}
    ~memory_stream() override {
        if (last_words != nullptr) *last_words = sent;
    }

    // ---- the test's side
    void gives(std::string_view text) {
        inbox_ += text;
        wake();
    }
    void ends() {
        read_error_ = boost::asio::error::eof;
        wake();
    }
    void breaks(net::error_code error = boost::asio::error::connection_reset) {
        read_error_ = write_error_ = error;
        wake();
    }
    void refuses_writes() {
        write_error_ = boost::asio::error::broken_pipe;
        wake();
    }
    void takes(std::size_t bytes) { // from now on no more than this, until told again
        room_ = bytes;
        wake();
    }

    std::string sent;
    std::vector<std::string> segments;  // what was written as segments of its own
    std::string* last_words = nullptr;  // gets what `sent` is when the stream goes
    std::function<void()> when_written; // as a fault may act on what passes
    std::size_t in_flight = 0;          // what the kernel says of the connection
    std::optional<model::path_sample> sample;
    bool sends_ended = false, was_reset = false, was_closed = false;

    // ---- the relay's side
    net::moved read_now(std::span<std::uint8_t> into) override {
        const auto n = std::min(into.size(), inbox_.size());
        if (n == 0) return {0, read_error_ ? read_error_ : boost::asio::error::would_block};
        std::copy_n(inbox_.begin(), n, into.begin());
        inbox_.erase(0, n);
        return {n, {}};
    }
    net::moved write_now(bytes_view from) override {
        if (write_error_) return {0, write_error_};
        const auto n = std::min(from.size(), room_);
        if (n == 0) return {0, boost::asio::error::would_block};
        sent.append(as_text(from.first(n)));
        if (room_ != unlimited) room_ -= n;
        if (when_written) when_written();
        return {n, {}};
    }
    net::moved write_segment_now(bytes_view from) override {
        const auto before = sent.size();
        const auto done = write_now(from);
        if (done.size > 0) segments.push_back(sent.substr(before));
        return done;
    }
    net::awaitable<net::error_code> wait_readable() override {
        const auto stops = stops_;
        while (inbox_.empty() && !read_error_ && !gone(stops)) co_await changed();
        co_return gone(stops) ? net::error_code(boost::asio::error::operation_aborted)
                              : net::error_code();
    }
    net::awaitable<net::error_code> wait_writable() override {
        const auto stops = stops_;
        while (room_ == 0 && !write_error_ && !gone(stops)) co_await changed();
        co_return gone(stops) ? net::error_code(boost::asio::error::operation_aborted)
                              : net::error_code();
    }
    void when_readable(net::readable_sink& to, const boost::asio::any_io_executor& on) override {
        tell_readable(to, on, stops_);
    }
    void stop_waiting() override { // who waits now, not who waits next
        ++stops_;
        wake();
    }
    void shutdown_send() override { sends_ended = true; }
    void reset() override {
        was_reset = true;
        wake();
    }
    void close() override {
        was_closed = true;
        wake();
    }
    net::error_code ended() const override {
        return inbox_.empty() ? read_error_ : net::error_code();
    }
    std::size_t unacknowledged() const override { return in_flight; }
    std::optional<model::path_sample> path() const override { return sample; }

  private:
    static constexpr std::size_t unlimited = ~std::size_t{0};

    bool gone(int stops) const { return was_reset || was_closed || stops_ != stops; }
    void wake() { changed_.cancel(); }
    void tell_readable(net::readable_sink& to, const boost::asio::any_io_executor& on, int stops) {
        if (inbox_.empty() && !read_error_ && !gone(stops)) {
            changed_.async_wait(
                [this, &to, on, stops](const net::error_code&) { tell_readable(to, on, stops); });
            return;
        }
        boost::asio::post(on, [this, &to, stops] {
            to.readable(
                nullptr, gone(stops) ? net::error_code(boost::asio::error::operation_aborted)
                                     : net::error_code());
        });
    }
    net::awaitable<void> changed() { co_await changed_.async_wait(net::as_result); }

    boost::asio::steady_timer changed_;
    std::string inbox_;
    net::error_code read_error_, write_error_;
    std::size_t room_ = unlimited;
    int stops_ = 0;
};

} // namespace helloscope::test
