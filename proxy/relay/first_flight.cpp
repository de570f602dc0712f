#include "first_flight.hpp"

#include "segment_count.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

namespace helloscope::relay {

using namespace std::chrono_literals;
using namespace boost::asio::experimental::awaitable_operators;
using model::leg;
using net::error_code;
using net::asio::awaitable;
using std::chrono::steady_clock;
using kind = shape::first_flight::kind;

namespace {

// Whether there is something to read before the time is up.
awaitable<bool> readable_until(net::stream& from, steady_clock::time_point deadline) {
    net::asio::steady_timer limit(co_await net::asio::this_coro::executor, deadline);
    const auto first = co_await (from.wait_readable() || limit.async_wait(net::as_result));
    co_return first.index() == 0;
}

// What was read since the last look is shown; of a hello, nothing behind it.
void show(flow& moving, const held_flight& now, std::size_t& shown) {
    const auto until = now.what.is == kind::unfinished ? now.came.size() : now.what.size;
    if (until <= shown) return;
    moving.touch();
    const auto fresh = bytes_view(now.came).subspan(shown, until - shown);
    moving.watching.saw(direction::to_server, fresh, moving.last_byte);
    shown = until;
}

void read_more(flow& moving, held_flight& now) {
    auto buffer = moving.around.buffers.borrow();
    const auto got = moving.client->read_now(buffer.span());
    now.came.insert(
        now.came.end(), buffer.span().begin(),
        buffer.span().begin() + static_cast<std::ptrdiff_t>(got.size));
    if (got.error == net::asio::error::eof) {
        now.end = ending::fin;
    } else if (got.error && got.error != net::asio::error::would_block) {
        moving.tell_broken(leg::client, got.error);
        now.end = ending::broken_source;
    }
}

shape::plan as_it_came(const held_flight& flight, std::string why) {
    shape::plan made;
    made.content = flight.came;
    if (!made.content.empty())
        made.writes.push_back(static_cast<std::uint32_t>(made.content.size()));
    made.note = "sent as it came: " + std::move(why);
    return made;
}

shape::plan plan_for(const flow& moving, const shape::shape& how, const held_flight& flight) {
    if (flight.what.is != kind::unfinished) return make_plan(how, flight.came, flight.what);
    const std::chrono::duration<double> limit = moving.around.common.options.limits.hold;
    return as_it_came(
        flight,
        flight.end == ending::open
            ? fmt::format("no whole ClientHello within {} s (--hold-timeout)", limit.count())
            : "the client ended inside it");
}

// The write as the recording of the server leg may keep it: a hello whole, else its length.
void tell_write(flow& moving, bytes_view sent, bool hello) {
    if (!moving.around.record.wants_pieces()) return;
    if (hello || moving.around.common.options.recording.payload_all)
        moving.tell_dialogue(direction::to_server, as_text(sent), trace::legs::server);
    else
        moving.tell_unseen(direction::to_server, trace::legs::server, sent.size());
}

awaitable<error_code> write_segment(net::stream& to, bytes_view what) {
    while (!what.empty()) {
        const auto sent = to.write_segment_now(what);
        what = what.subspan(sent.size);
        if (sent.error == net::asio::error::would_block) {
            if (const auto error = co_await to.wait_writable()) co_return error;
        } else if (sent.error) {
            co_return sent.error;
        }
    }
    co_return error_code();
}

// As long as the plan says, or until the client leaves: it waits for nothing any more.
awaitable<void> wait_between(flow& moving, const net::stream& to, const shape::pacing& how) {
    net::asio::steady_timer timer(co_await net::asio::this_coro::executor);
    const auto began = steady_clock::now();
    const auto over = [&] {
        if (moving.aborted || moving.client->ended()) return true;
        return how.wait ? steady_clock::now() - began >= *how.wait : to.unacknowledged() == 0;
    };
    moving.pause = &timer;
    while (!over()) {
        const auto passed = steady_clock::now() - began;
        if (how.wait)
            timer.expires_after(std::min<steady_clock::duration>(*how.wait - passed, 100ms));
        else
            timer.expires_after(std::clamp<steady_clock::duration>(passed / 4, 1ms, 20ms));
        co_await timer.async_wait(net::as_result);
    }
    moving.pause = nullptr;
}

// Segments are counted on a connection that is ours alone: not below TLS to a parent.
std::optional<segment_count> begin_count(const net::stream& to, std::size_t writes) {
    if (to.plain_socket() < 0) return std::nullopt;
    const auto before = to.path();
    if (!before || !segment_count::counted_in(*before)) return std::nullopt;
    return segment_count(writes, *before);
}

awaitable<error_code> send_planned(
    flow& moving, const shape::shape& how, const held_flight& flight, const shape::plan& planned) {
    const bool hello = flight.what.is == kind::hello;
    const auto count = begin_count(*moving.server, planned.writes.size());
    model::shaped told;
    told.shape = to_string(how);
    told.records = planned.records;
    told.held = flight.held;
    told.note = planned.note;
    const auto began = steady_clock::now();
    write_report report = [&](bytes_view sent) {
        tell_write(moving, sent, hello);
        told.writes.push_back(static_cast<std::uint32_t>(sent.size()));
    };
    const auto error = co_await perform(moving, *moving.server, planned, std::move(report));
    told.took = steady_clock::now() - began;
    moving.tell(std::move(told));
    if (error && !moving.aborted) moving.tell_broken(leg::server, error);
    if (!error && count) moving.count_segments(*count);
    co_return error;
}

} // namespace

awaitable<held_flight> hold_first_flight(flow& moving, bytes early) {
    held_flight now;
    now.came = std::move(early);
    moving.holds_first_flight = true;
    std::size_t shown = 0;
    std::optional<steady_clock::time_point> first;
    while (true) {
        now.what = shape::read_first_flight(now.came);
        show(moving, now, shown);
        if (now.what.is != kind::unfinished || moving.aborted || now.end != ending::open) break;
        if (!first && !now.came.empty()) first = steady_clock::now();
        const auto deadline = first ? *first + moving.around.common.options.limits.hold
                                    : steady_clock::time_point::max();
        if (!co_await readable_until(*moving.client, deadline) || moving.aborted) break;
        read_more(moving, now);
    }
    if (first) now.held = steady_clock::now() - *first;
    co_return now;
}

awaitable<error_code> perform(
    flow& moving, net::stream& to, const shape::plan& planned, write_report sent) {
    bytes_view rest = planned.content;
    for (const auto size : planned.writes) {
        const bool begins = rest.size() == planned.content.size();
        if (!begins && planned.between) co_await wait_between(moving, to, *planned.between);
        if (moving.aborted) co_return net::asio::error::operation_aborted;
        if (const auto error = co_await write_segment(to, rest.first(size))) co_return error;
        sent(rest.first(size));
        rest = rest.subspan(size);
    }
    co_return error_code();
}

awaitable<sent_flight> send_first_flight(flow& moving, const shape::shape& how, bytes early) {
    sent_flight done;
    const auto flight = co_await hold_first_flight(moving, std::move(early));
    done.end = flight.end == ending::fin ? ending::open : flight.end; // it is read once more
    const auto planned = plan_for(moving, how, flight);
    if (!moving.aborted && !planned.writes.empty()) {
        const auto error = co_await send_planned(moving, how, flight, planned);
        if (error) done.end = ending::broken_target;
    }
    moving.holds_first_flight = false;
    const auto size = std::min(flight.what.size, flight.came.size());
    if (flight.what.is == kind::hello)
        done.behind = to_bytes(bytes_view(flight.came).subspan(size));
    co_return done;
}

} // namespace helloscope::relay
