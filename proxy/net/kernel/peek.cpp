#include "helloscope/net/kernel/peek.hpp"

#include "outcome.hpp"

#include <array>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace helloscope::net {

namespace {

// A second and a third byte of two that wait: TCP of older kernels takes the option and ignores it.
bool try_it() {
    asio::io_context context;
    error_code failed;
    tcp::acceptor door(context);
    const tcp::endpoint loopback(asio::ip::address_v4::loopback(), 0);
    door.open(loopback.protocol(), failed);
    if (!failed) door.bind(loopback, failed);
    if (!failed) door.listen(1, failed);
    tcp::socket near(context), far(context);
    if (!failed) near.connect(door.local_endpoint(failed), failed);
    if (!failed) door.accept(far, failed);
    if (!failed) asio::write(near, asio::buffer("abc", 3), failed);
    if (!failed) far.wait(tcp::socket::wait_read, failed);
    if (failed) return false;
    std::array<std::uint8_t, 1> seen{};
    peeker look(far.native_handle());
    return look.at(1, seen).size == 1 && seen[0] == 'b' && look.at(2, seen).size == 1 &&
           seen[0] == 'c';
}

} // namespace

bool peeks_at_offsets() {
    static const bool can = try_it();
    return can;
}

moved peeker::at(std::size_t offset, std::span<std::uint8_t> into) {
    if (!go_to(offset == 0 ? -1 : static_cast<int>(offset))) return {0, asio::error::would_block};
    // Not ::recv: once a record, what glibc does around a call that a thread may be cancelled in
    // is a part of the cost.
    auto seen = outcome(::syscall(
        SYS_recvfrom, socket_, into.data(), into.size(), MSG_PEEK | MSG_DONTWAIT, nullptr,
        nullptr));
    if (!seen.error && seen.size == 0) seen.error = asio::error::eof;
    if (offset_ >= 0) offset_ += static_cast<int>(seen.size);
    return seen;
}

void peeker::leave() { go_to(-1); }

bool peeker::go_to(int offset) {
    if (offset == offset_) return true;
    if (::setsockopt(socket_, SOL_SOCKET, SO_PEEK_OFF, &offset, sizeof offset) != 0) return false;
    offset_ = offset;
    return true;
}

} // namespace helloscope::net
