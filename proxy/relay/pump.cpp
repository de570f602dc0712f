#include "pump.hpp"

#include "fast_path.hpp"
#include "first_flight.hpp"
#include "flow_faults.hpp"
#include "helloscope/policy/route.hpp"

namespace helloscope::relay {

using namespace std::chrono_literals;
using model::leg;
using net::error_code;
using net::asio::awaitable;

namespace {

// Then other flows of the thread have their turn.
constexpr int reads_in_a_row = 8;
constexpr std::size_t bytes_in_a_row = 2 << 20;

leg source_of(direction way) { return way == direction::to_server ? leg::client : leg::server; }
leg target_of(direction way) { return way == direction::to_server ? leg::server : leg::client; }

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
    std::size_t read = 0;
    bool drained = false; // nothing more to read now
    bytes_view unsent;    // read and shown, and the other leg took no more
};

// Until the handshake is over a shape may want small segments.
net::moved write_now(flow& moving, direction way, bytes_view what) {
    auto& to = moving.to(way);
    const auto most = moving.piece_size();
    if (!most) return to.write_now(what);
    net::moved sent;
    while (sent.size < what.size() && !sent.error) {
        const auto rest = what.subspan(sent.size);
        const auto one = to.write_segment_now(
            rest.first(std::min<std::size_t>(*most, rest.size())));
        sent.size += one.size;
        sent.error = one.error;
    }
    return sent;
}

// Writes to the other leg and shows the observer what was read from one.
step pass_on(flow& moving, direction way, bytes_view read) {
    step done;
    const auto sent = write_now(moving, way, read);
    moving.last_byte = moving.clock.now();
    moving.watching.saw(way, read, moving.last_byte);
    done.unsent = read.subspan(sent.size);
    if (sent.error && sent.error != net::asio::error::would_block) {
        if (!moving.aborted) moving.tell_broken(target_of(way), sent.error);
        done.end = ending::broken_target;
    }
    return done;
}

step read_and_write(flow& moving, direction way, fast_path& fast, std::span<std::uint8_t> buffer) {
    step done;
    auto got = moving.from(way).read_now(buffer);
    if (got.error == net::asio::error::eof && fast.broken()) got.error = fast.broken();
    if (got.error == net::asio::error::eof) {
        done.end = ending::fin;
    } else if (got.error && got.error != net::asio::error::would_block) {
        moving.tell_broken(source_of(way), got.error);
        done.end = ending::broken_source;
    }
    if (got.size > 0) done = pass_on(moving, way, bytes_view(buffer).first(got.size));
    done.read = got.size;
    done.drained = got.size < buffer.size();
    return done;
}

// What a step could not send at once.
awaitable<ending> finish_step(flow& moving, direction way, step begun) {
    if (begun.end != ending::open || begun.unsent.empty()) co_return begun.end;
    while (!begun.unsent.empty()) {
        auto error = co_await moving.to(way).wait_writable();
        if (!error) {
            const auto sent = write_now(moving, way, begun.unsent);
            begun.unsent = begun.unsent.subspan(sent.size);
            if (sent.error != net::asio::error::would_block) error = sent.error;
        }
        if (!error) continue;
        if (!moving.aborted) moving.tell_broken(target_of(way), error);
        co_return ending::broken_target;
    }
    co_return ending::open;
}

// One turn in memory: what waits is read and written.
awaitable<ending> copy_turn(flow& moving, direction way, fast_path& fast) {
    auto buffer = moving.around.buffers.borrow();
    step now;
    for (int i = 0; i < reads_in_a_row && !now.drained && !moving.aborted; ++i) {
        if (moving.around.record.crowded()) co_await wait_for_recorder(moving);
        now = read_and_write(moving, way, fast, buffer.span());
        fast.copied(now.read);
        if (fast.pays()) now.drained = true; // to the other kind of turn
        if (now.end == ending::open && now.unsent.empty()) continue;
        const auto end = co_await finish_step(moving, way, now);
        if (end != ending::open) co_return end;
    }
    co_return ending::open;
}

// One turn in the kernel.
awaitable<ending> fast_turn(flow& moving, direction way, fast_path& fast) {
    auto through = moving.around.pipes.borrow();
    if (!through) co_return co_await copy_turn(moving, way, fast);
    fast.begin_turn();
    for (std::size_t total = 0; total < bytes_in_a_row && !moving.aborted;) {
        auto now = fast.move(**through);
        if (now.unable) co_return co_await copy_turn(moving, way, fast);
        if (now.read.error == net::asio::error::would_block) break;
        if (now.read.error == net::asio::error::eof && fast.broken())
            now.read.error = fast.broken();
        if (now.read.error == net::asio::error::eof) co_return ending::fin;
        if (now.read.error) {
            moving.tell_broken(source_of(way), now.read.error);
            co_return ending::broken_source;
        }
        total += now.read.size;
        while ((*through)->held() > 0 || now.written.error) {
            if (!now.written.error || now.written.error == net::asio::error::would_block)
                now.written.error = co_await moving.to(way).wait_writable();
            if (!now.written.error) now.written = (*through)->drain(moving.to(way).plain_socket());
            if (now.written.error && now.written.error != net::asio::error::would_block) {
                if (!moving.aborted) moving.tell_broken(target_of(way), now.written.error);
                co_return ending::broken_target;
            }
        }
        if (now.drained || !fast.pays()) break;
    }
    co_return ending::open;
}

bool is_shaped(const flow& moving, direction way) {
    return way == direction::to_server && moving.route &&
           moving.route->shaping.holds_first_flight();
}

// What is there before the first read; of a shaped flow, the whole first flight.
awaitable<ending> begin(flow& moving, direction way, bytes early) {
    if (is_shaped(moving, way)) {
        auto sent = co_await send_first_flight(moving, moving.route->shaping, std::move(early));
        if (sent.end != ending::open) co_return sent.end;
        early = std::move(sent.behind);
    }
    if (early.empty()) co_return ending::open;
    if (way == direction::to_server) moving.look_at_segments(flow::look::last);
    co_return co_await finish_step(moving, way, pass_on(moving, way, early));
}

awaitable<ending> move_direction(flow& moving, direction way, bytes early) {
    if (!early.empty() || is_shaped(moving, way)) {
        const auto end = co_await begin(moving, way, std::move(early));
        if (end != ending::open) co_return end;
    }
    fast_path fast(moving, way);
    while (true) {
        if (co_await moving.from(way).wait_readable()) co_return ending::broken_source;
        if (way == direction::to_server) moving.look_at_segments(flow::look::last);
        auto end = ending::open;
        if (fast.pays() && !moving.piece_size())
            end = co_await fast_turn(moving, way, fast);
        else
            end = co_await copy_turn(moving, way, fast);
        if (end != ending::open) co_return end;
        if (moving.aborted) co_return ending::broken_source;
    }
}

// A TLS client that ends its sending before the handshake is over has given up; a server that
// answers nothing then would keep the flow open for ever. So would a fault that lets its end not
// pass.
awaitable<void> end_unless_answered(flow& moving) {
    net::asio::steady_timer grace(co_await net::asio::this_coro::executor);
    const auto pending = [&] {
        const bool handshake = moving.stage() > model::stage::hello &&
                               moving.stage() < model::stage::data;
        const bool stuck = moving.faults && moving.faults->stuck();
        return !moving.aborted && !moving.over && (handshake || stuck);
    };
    moving.pause = &grace;
    while (pending()) {
        const auto before = moving.last_byte;
        grace.expires_after(2s);
        co_await grace.async_wait(net::as_result);
        if (!pending() || moving.last_byte != before) continue;
        moving.tell_path(leg::server);
        moving.tell_closed(leg::server, "helloscope", "timeout", "the client has gone");
        moving.abort();
    }
    moving.pause = nullptr;
}

// What one direction must know of the other.
struct two_ways {
    std::array<bool, 2> broken{}; // its target takes no more
    std::array<bool, 2> ended{};  // its source has sent all it had
};

awaitable<void> run_direction(flow& moving, direction way, bytes early, two_ways& both) {
    auto end = co_await move_direction(moving, way, std::move(early));
    if (moving.aborted) co_return;
    if (way == direction::to_server && moving.beside != nullptr) moving.beside->give_up();
    // A leg that refused our writes ends its reads with EOF: the reset was reported to the writer.
    if (end == ending::fin && both.broken[index_of(opposite(way))]) end = ending::broken_source;
    moving.watching.ended(way, moving.clock.now());
    switch (end) {
    case ending::fin:
        if (way == direction::to_server) moving.look_at_the_end();
        moving.tell_closed(source_of(way), "peer", "fin");
        both.ended[index_of(way)] = true;
        // The last to end needs no FIN of its own on a socket: the close that follows sends it.
        if (!both.ended[index_of(opposite(way))] || moving.to(way).plain_socket() < 0)
            moving.to(way).shutdown_send();
        if (way == direction::to_server)
            co_await end_unless_answered(moving);
        else
            moving.over = true;
        co_return;
    case ending::broken_target:
        // What the broken leg sent before may still wait to be read: the other direction takes it
        // over and then meets the same end.
        both.broken[index_of(way)] = true;
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

awaitable<void> drain(net::stream& leg) {
    constexpr int most_quiet = 200; // looks, 5 ms apart, without progress
    net::asio::steady_timer pause(co_await net::asio::this_coro::executor);
    auto left = leg.unacknowledged();
    for (int quiet = 0; left > 0 && quiet < most_quiet;) {
        pause.expires_after(5ms);
        co_await pause.async_wait(net::as_result);
        const auto now = leg.unacknowledged();
        quiet = now < left ? 0 : quiet + 1;
        left = now;
    }
}

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

awaitable<void> pump(flow& moving, bytes from_client, bytes from_server) {
    two_ways both;
    // Each direction is a coroutine, this one and one more, which end independently.
    const auto executor = co_await net::asio::this_coro::executor;
    net::asio::steady_timer joined(executor, std::chrono::steady_clock::time_point::max());
    bool other_runs = true;
    std::exception_ptr bug;
    net::asio::co_spawn(
        executor, run_direction(moving, direction::to_client, std::move(from_server), both),
        [&](std::exception_ptr failed) {
            if (failed) bug = failed;
            if (failed) moving.abort();
            other_runs = false;
            joined.cancel();
        });
    try {
        co_await run_direction(moving, direction::to_server, std::move(from_client), both);
    } catch (...) {
        bug = std::current_exception();
        moving.abort();
    }
    if (other_runs) co_await joined.async_wait(net::as_result);
    if (bug) std::rethrow_exception(bug);
    // A target that broke after its own sending had ended: what it sent still arrives, then the
    // reset.
    for (const auto way : {direction::to_server, direction::to_client}) {
        if (moving.aborted || !both.broken[index_of(way)]) continue;
        co_await drain(moving.from(way));
        moving.abort();
    }
}

} // namespace helloscope::relay
