#include "pump.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace helloscope::relay {

using namespace boost::asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using model::leg;
using net::error_code;
using net::asio::awaitable;

namespace {

constexpr int reads_in_a_row = 8; // then other flows of the thread have their turn

leg source_of(direction way) { return way == direction::to_server ? leg::client : leg::server; }
leg target_of(direction way) { return way == direction::to_server ? leg::server : leg::client; }

// How one direction ended.
enum class ending { open, fin, broken_source, broken_target };

// The recorder may fall behind only where it must lose nothing.
awaitable<void> wait_for_recorder(flow& moving) {
    net::asio::steady_timer pause(co_await net::asio::this_coro::executor);
    while (moving.around.record.crowded() && !moving.aborted) {
        pause.expires_after(1ms);
        co_await pause.async_wait(net::as_result);
    }
}

struct step {
    ending end = ending::open;
    bool drained = false; // nothing more to read now
    bytes_view unsent;    // read and shown, and the other leg took no more
};

// One read, written at once and shown to the observer.
step read_and_write(flow& moving, direction way, std::span<std::uint8_t> buffer) {
    step done;
    const auto got = moving.from(way).read_now(buffer);
    done.drained = got.size < buffer.size();
    if (got.error == net::asio::error::eof)
        done.end = ending::fin;
    else if (got.error && got.error != net::asio::error::would_block) {
        moving.tell_closed(source_of(way), "peer", "rst", net::error_name(got.error));
        done.end = ending::broken_source;
    }
    if (got.size == 0) return done;
    const auto read = bytes_view(buffer).first(got.size);
    const auto sent = moving.to(way).write_now(read);
    moving.last_byte = moving.clock.now();
    moving.watching.saw(way, read, moving.last_byte);
    done.unsent = read.subspan(sent.size);
    return done;
}

awaitable<ending> move_direction(flow& moving, direction way) {
    while (true) {
        if (co_await moving.from(way).wait_readable()) co_return ending::broken_source;
        if (moving.around.record.crowded()) co_await wait_for_recorder(moving);
        auto buffer = moving.around.buffers.borrow();
        step now;
        for (int i = 0; i < reads_in_a_row && !now.drained && !moving.aborted; ++i) {
            now = read_and_write(moving, way, buffer.span());
            if (now.end != ending::open) co_return now.end;
            if (now.unsent.empty()) continue;
            if (const auto error = co_await write_all(moving.to(way), now.unsent)) {
                if (!moving.aborted)
                    moving.tell_closed(target_of(way), "peer", "rst", net::error_name(error));
                co_return ending::broken_target;
            }
        }
        if (moving.aborted) co_return ending::broken_source;
    }
}

// What was written to a leg arrives before the reset that follows it, unless its peer reads no
// more.
awaitable<void> drain(net::stream& leg) {
    net::asio::steady_timer pause(co_await net::asio::this_coro::executor);
    for (int i = 0; i < 200 && leg.unacknowledged() > 0; ++i) {
        pause.expires_after(5ms);
        co_await pause.async_wait(net::as_result);
    }
}

struct two_ways {
    bool target_broken[2] = {false, false};
};

awaitable<void> run_direction(flow& moving, direction way, two_ways& both) {
    auto end = co_await move_direction(moving, way);
    if (moving.aborted) co_return;
    const auto other = way == direction::to_server ? direction::to_client : direction::to_server;
    auto& other_broken = both.target_broken[static_cast<std::size_t>(other)];
    // A leg that refused our writes ends its reads with EOF: the reset was reported to the writer.
    if (end == ending::fin && other_broken) end = ending::broken_source;
    moving.watching.ended(way, moving.clock.now());
    switch (end) {
    case ending::fin:
        moving.tell_closed(source_of(way), "peer", "fin");
        moving.to(way).shutdown_send();
        co_return;
    case ending::broken_target:
        // What the broken leg sent before may still wait to be read: the other direction takes it
        // over and then meets the same end.
        both.target_broken[static_cast<std::size_t>(way)] = true;
        co_return;
    case ending::broken_source:
    case ending::open:
        co_await drain(moving.to(way));
        moving.tell_path(leg::client);
        moving.tell_path(leg::server);
        moving.abort();
    }
}

} // namespace

awaitable<error_code> write_all(net::stream& to, bytes_view what) {
    while (!what.empty()) {
        const auto sent = to.write_now(what);
        what = what.subspan(sent.size);
        if (sent.error == net::asio::error::would_block) {
            if (const auto error = co_await to.wait_writable()) co_return error;
        } else if (sent.error) {
            co_return sent.error;
        }
    }
    co_return error_code();
}

awaitable<void> pump(flow& moving, bytes early) {
    if (!early.empty()) {
        moving.last_byte = moving.clock.now();
        moving.watching.saw(direction::to_server, early, moving.last_byte);
        if (const auto error = co_await write_all(*moving.server, early)) {
            moving.tell_closed(leg::server, "peer", "rst", net::error_name(error));
            moving.abort();
            co_return;
        }
        early = {};
    }
    two_ways both;
    co_await (
        run_direction(moving, direction::to_server, both) &&
        run_direction(moving, direction::to_client, both));
    // A broken target whose reads had already ended: nobody has reset the other leg yet.
    if (!moving.aborted && (both.target_broken[0] || both.target_broken[1])) moving.abort();
}

} // namespace helloscope::relay
