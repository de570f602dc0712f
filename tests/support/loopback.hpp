// Real sockets on loopback for tests above the purity line: a connected pair, a listener, and a way
// to run one coroutine to its end on this thread.
#pragma once

#include "helloscope/net/asio.hpp"

#include <exception>
#include <utility>

namespace helloscope::test {

namespace asio = boost::asio;
using asio::ip::tcp;

inline const tcp::endpoint any_port{asio::ip::address_v4::loopback(), 0};

struct socket_pair {
    tcp::socket near, far;

    explicit socket_pair(asio::io_context& context) : near(context), far(context) {
        tcp::acceptor acceptor(context, any_port);
        near.connect(acceptor.local_endpoint());
        acceptor.accept(far);
    }
};

// The coroutine's result; what it throws is thrown here.
template <class T> T run(asio::io_context& context, asio::awaitable<T> work) {
    std::optional<T> out;
    std::exception_ptr thrown;
    asio::co_spawn(context, std::move(work), [&](std::exception_ptr error, T value) {
        thrown = error;
        if (!error) out = std::move(value);
    });
    context.restart();
    context.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*out);
}

inline void run(asio::io_context& context, asio::awaitable<void> work) {
    std::exception_ptr thrown;
    asio::co_spawn(context, std::move(work), [&](std::exception_ptr error) { thrown = error; });
    context.restart();
    context.run();
    if (thrown) std::rethrow_exception(thrown);
}

} // namespace helloscope::test
