#include "transfer.hpp"

#include "broken.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

namespace bench {

namespace {

constexpr std::size_t most_received = 4 << 20;

bool not_now() { return errno == EAGAIN || errno == EINTR; }

} // namespace

transfer::transfer(loop& with, tunnels& of, const options& given, const record_pattern& pattern)
    : loop_(with), tunnels_(of), pattern_(pattern), writing_(given.writing),
      sender_(given.way == way::down ? side::server : side::client) {}

void transfer::start(const std::vector<tunnel*>& through, std::uint64_t most) {
    started_ = through;
    most_ = most;
    done_ = 0;
    for (auto* each : started_) {
        each->user = this;
        each->bulk_sent = each->bulk_received = 0;
        loop_.change(each->socket(sender_), EPOLLIN | EPOLLOUT);
    }
}

void transfer::finish() {
    finishing_ = true;
    done_ = 0;
    most_ = 0;
    for (auto* each : started_) loop_.change(each->socket(sender_), EPOLLIN | EPOLLOUT);
}

void transfer::ready(tunnel& of, side which, std::uint32_t events) {
    if (which != sender_) return receive_some(of);
    if (events & EPOLLOUT) send_some(of);
    if (events & ~std::uint32_t{EPOLLOUT}) hear_end(of);
}

// One send, then other tunnels have their turn: in a row they would push the shared buffer and what
// was just received out of the cache, and no real sender has its next record that soon.
void transfer::send_some(tunnel& of) {
    auto piece = of.bulk_sent < most_ ? pattern_.next(of.bulk_sent, writing_)
                                      : pattern_.rest_of_record(of.bulk_sent);
    if (of.bulk_sent < most_) piece = piece.substr(0, most_ - of.bulk_sent);
    if (piece.empty()) return end_sending(of);
    const auto size = send(of.socket(sender_), piece.data(), piece.size(), MSG_NOSIGNAL);
    if (size < 0 && not_now()) return;
    if (size < 0) fail("tunnel {}: sending failed: {}", of.number, error_text());
    of.bulk_sent += static_cast<std::uint64_t>(size);
}

void transfer::end_sending(tunnel& of) {
    loop_.change(of.socket(sender_), EPOLLIN);
    if (finishing_ && shutdown(of.socket(sender_), SHUT_WR) != 0)
        fail("tunnel {}: ending failed: {}", of.number, error_text());
}

void transfer::receive_some(tunnel& of) {
    const auto size = recv(of.socket(other(sender_)), nullptr, most_received, MSG_TRUNC);
    if (size < 0 && not_now()) return;
    if (size < 0) fail("tunnel {}: receiving failed: {}", of.number, error_text());
    if (size == 0) return end_receiving(of);
    of.bulk_received += static_cast<std::uint64_t>(size);
    received_ += static_cast<std::uint64_t>(size);
    if (!finishing_ && of.bulk_received >= most_ && of.bulk_received == of.bulk_sent &&
        pattern_.rest_of_record(of.bulk_sent).empty())
        ++done_;
}

// The receiver's end of stream.
void transfer::end_receiving(tunnel& of) {
    const bool whole = pattern_.rest_of_record(of.bulk_sent).empty();
    if (!finishing_ || !whole || of.bulk_received != of.bulk_sent)
        fail(
            "tunnel {}: its {} saw the end after {} bytes of {} sent", of.number,
            name_of(other(sender_)), of.bulk_received, of.bulk_sent);
    tunnels_.close(of, other(sender_));
}

// The sender hears nothing, and of the end only when the receiver has closed.
void transfer::hear_end(tunnel& of) {
    char byte;
    const auto size = recv(of.socket(sender_), &byte, 1, 0);
    if (size < 0 && not_now()) return;
    if (size != 0 || of.socket(other(sender_)) >= 0)
        fail(
            "tunnel {}: {} at its {}, which only sends", of.number,
            size < 0    ? error_text()
            : size == 0 ? "end of stream"
                        : "bytes",
            name_of(sender_));
    tunnels_.close(of, sender_);
    ++done_;
}

} // namespace bench
