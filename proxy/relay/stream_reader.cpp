#include "stream_reader.hpp"

#include <utility>

namespace helloscope::relay {

void stream_reader::spend(std::size_t n) {
    spent_ += n;
    if (spent_ == came_.size()) drop_spent();
}

bytes stream_reader::take() {
    drop_spent();
    return std::exchange(came_, {});
}

// A peer that never lets all be spent would else have all kept that it ever sent.
void stream_reader::put(bytes_view read) {
    drop_spent();
    came_.insert(came_.end(), read.begin(), read.end());
}

void stream_reader::drop_spent() {
    came_.erase(came_.begin(), came_.begin() + static_cast<std::ptrdiff_t>(spent_));
    spent_ = 0;
}

net::awaitable<net::error_code> stream_reader::more() {
    while (true) {
        if (const auto stopped = co_await from_->wait_readable()) co_return stopped;
        auto buffer = buffers_.borrow();
        const auto got = from_->read_now(buffer.span());
        if (got.error == net::asio::error::would_block) continue;
        put(bytes_view(buffer.span()).first(got.size));
        co_return got.size > 0 ? net::error_code() : got.error;
    }
}

} // namespace helloscope::relay
