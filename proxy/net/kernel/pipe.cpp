#include "helloscope/net/kernel/pipe.hpp"

#include "outcome.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <utility>

namespace helloscope::net {

namespace {

constexpr unsigned at_once = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
constexpr std::size_t most_idle = 8; // more are closed

// Where bytes go that nobody wants.
int nowhere() {
    static const int opened = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    return opened;
}

} // namespace

std::optional<pipe> pipe::open() {
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return std::nullopt;
    pipe made(ends[0], ends[1]);
    ::fcntl(made.in_, F_SETPIPE_SZ, static_cast<int>(wanted_capacity)); // what it has is asked next
    const int capacity = ::fcntl(made.in_, F_GETPIPE_SZ);
    if (capacity < static_cast<int>(least_capacity)) return std::nullopt;
    made.capacity_ = static_cast<std::size_t>(capacity);
    return made;
}

pipe::pipe(pipe&& other) noexcept
    : in_(std::exchange(other.in_, -1)), out_(std::exchange(other.out_, -1)),
      held_(std::exchange(other.held_, 0)), capacity_(other.capacity_) {}

pipe& pipe::operator=(pipe&& other) noexcept {
    std::swap(in_, other.in_);
    std::swap(out_, other.out_);
    std::swap(held_, other.held_);
    std::swap(capacity_, other.capacity_);
    return *this;
}

pipe::~pipe() {
    if (in_ < 0) return;
    ::close(in_);
    ::close(out_);
}

moved pipe::fill(int socket, std::size_t most) {
    auto got = outcome(::splice(socket, nullptr, out_, nullptr, most, at_once));
    if (!got.error && got.size == 0) got.error = asio::error::eof;
    held_ += got.size;
    return got;
}

moved pipe::drain(int socket) {
    const auto sent = outcome(::splice(in_, nullptr, socket, nullptr, held_, at_once));
    held_ -= sent.size;
    return sent;
}

std::size_t pipe::share_with(pipe& other) {
    const auto shared = outcome(::tee(in_, other.out_, held_, SPLICE_F_NONBLOCK)).size;
    other.held_ += shared;
    return shared;
}

std::size_t pipe::read(std::span<std::uint8_t> into) {
    const auto got = outcome(::read(in_, into.data(), into.size())).size;
    held_ -= got;
    return got;
}

void pipe::discard(std::size_t size) {
    while (size > 0) {
        auto gone = outcome(::splice(in_, nullptr, nowhere(), nullptr, size, at_once)).size;
        if (gone > 0) {
            held_ -= gone;
        } else { // there is no such place, as in a bare chroot
            std::array<std::uint8_t, 4096> unwanted;
            gone = read(std::span(unwanted).first(std::min(size, unwanted.size())));
        }
        if (gone == 0) return;
        size -= gone;
    }
}

std::optional<pipe_pool::loan> pipe_pool::borrow() {
    if (lent_ >= most_) return std::nullopt;
    std::optional<pipe> one;
    if (idle_.empty()) {
        one = pipe::open();
        if (!one) return std::nullopt;
    } else {
        one = std::move(idle_.back());
        idle_.pop_back();
    }
    ++lent_;
    return std::optional<loan>(std::in_place, *this, std::move(*one));
}

void pipe_pool::give_back(pipe one) {
    --lent_;
    // One with bytes left is of a flow that broke: they must not reach another.
    if (one.held() == 0 && idle_.size() < most_idle) idle_.push_back(std::move(one));
}

std::size_t pipe_budget() {
    constexpr std::size_t unlimited = 64;
    std::size_t pages = 0;
    std::ifstream("/proc/sys/fs/pipe-user-pages-soft") >> pages;
    if (pages == 0) return unlimited;
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return std::min(unlimited, pages * page / pipe::wanted_capacity * 3 / 4);
}

} // namespace helloscope::net
