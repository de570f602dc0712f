#include "helloscope/net/streams/deadline.hpp"

#include "support/catch.hpp"
#include "support/loopback.hpp"
#include "support/memory_stream.hpp"

using namespace helloscope;
using namespace helloscope::test;
using namespace std::chrono_literals;

namespace {

net::awaitable<net::error_code> wait_until(net::stream& on, duration limit, bool& fired) {
    const net::deadline time(co_await asio::this_coro::executor, on, limit);
    const auto error = co_await on.wait_readable();
    fired = time.fired();
    co_return error;
}

} // namespace

TEST_CASE("who waits comes back when the time is up") {
    asio::io_context context;
    memory_stream stream(context);
    bool fired = false;
    CHECK(run(context, wait_until(stream, 1ms, fired)) == asio::error::operation_aborted);
    CHECK(fired);
}

TEST_CASE("a deadline that is over ends nothing") {
    asio::io_context context;
    memory_stream stream(context);
    stream.gives("x");
    bool fired = false;
    CHECK_FALSE(run(context, wait_until(stream, 1h, fired))); // run() ends: no timer is left
    CHECK_FALSE(fired);
    std::uint8_t one[1];
    stream.read_now(one);
    stream.gives("y");
    CHECK_FALSE(run(context, stream.wait_readable()));
}
