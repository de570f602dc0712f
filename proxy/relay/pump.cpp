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
    moving.touch();
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

// ---- what a direction may have to wait for

// The recorder may fall behind only where it must lose nothing.
awaitable<ending> wait_for_recorder(flow& moving) {
    net::asio::steady_timer pause(co_await net::asio::this_coro::executor);
    while (moving.around.record.crowded() && !moving.aborted) {
        pause.expires_after(1ms);
        co_await pause.async_wait(net::as_result);
    }
    co_return ending::open;
}

bool is_shaped(const flow& moving, direction way) {
    return way == direction::to_server && moving.route &&
           moving.route->shaping.holds_first_flight();
}

// A TLS client that ends its sending before the handshake is over has given up; a server that
// answers nothing then would keep the flow open for ever. So would a fault that lets its end not
// pass.
bool awaits_answer(const flow& moving) {
    const bool handshake = moving.stage() > model::stage::hello &&
                           moving.stage() < model::stage::data;
    const bool stuck = moving.faults && moving.faults->stuck();
    return !moving.aborted && !moving.over && (handshake || stuck);
}

awaitable<ending> end_unless_answered(flow& moving) {
    net::asio::steady_timer grace(co_await net::asio::this_coro::executor);
    moving.pause = &grace;
    while (awaits_answer(moving)) {
        const auto before = moving.last_byte;
        grace.expires_after(2s);
        co_await grace.async_wait(net::as_result);
        if (!awaits_answer(moving) || moving.last_byte != before) continue;
        moving.tell_path(leg::server);
        moving.tell_closed(leg::server, "helloscope", "timeout", "the client has gone");
        moving.abort();
    }
    moving.pause = nullptr;
    co_return ending::fin;
}

// The source broke: so does its target, behind what was sent before.
awaitable<ending> break_target(flow& moving, direction way) {
    co_await drain(moving.to(way));
    moving.tell_path(leg::client);
    moving.tell_path(leg::server, flow::unchanged::told);
    moving.abort();
    co_return ending::broken_source;
}

// A target that broke after its own sending had ended: what it sent still arrives, then the reset.
awaitable<void> break_sources(flow& moving, std::array<bool, 2> broken) {
    for (const auto way : {direction::to_server, direction::to_client}) {
        if (moving.aborted || !broken[index_of(way)]) continue;
        co_await drain(moving.from(way));
        moving.abort();
    }
}

// ---- both directions

class pumping;

class one_way final : public net::readable_sink {
  public:
    one_way(pumping& both, flow& moving, direction way)
        : both_(both), flow_(moving), way_(way), fast_(moving, way) {}

    void start(bytes early);

  private:
    void readable(std::exception_ptr bug, const error_code& failed) override;
    template <class Step> void take(Step step);
    template <class Then> void run(awaitable<ending> what, Then then);

    void wait();
    void take_turn();
    void take_turn_in_memory();
    void take_turn_in_kernel(net::pipe_pool::loan through);
    awaitable<ending> begin(bytes early);
    awaitable<ending> send_rest(bytes_view unsent);
    awaitable<ending> send_rest(bytes_view unsent, buffer_pool::loan holds);
    awaitable<ending> empty_pipe(net::pipe_pool::loan through);
    ending noted(ending how);
    ending refused(const error_code& error);

    void go_on(ending now);
    void end(ending how);
    void end_orderly();

    pumping& both_;
    flow& flow_;
    direction way_;
    bool over_ = false;
    fast_path fast_;
};

class pumping final : public running_pump {
  public:
    pumping(flow& moving, net::asio::any_io_executor on, pump_over over)
        : flow_(moving), on_(std::move(on)), over_(std::move(over)) {}

    void start(bytes from_client, bytes from_server) {
        down_.start(std::move(from_server));
        up_.start(std::move(from_client));
    }
    const net::asio::any_io_executor& executor() const { return on_; }

    // What one direction must know of the other.
    std::array<bool, 2> broken{}; // its target takes no more
    std::array<bool, 2> ended{};  // its source has sent all it had

    void failed(std::exception_ptr bug) {
        bug_ = std::move(bug);
        flow_.abort();
    }
    // It may be the end of us.
    void one_is_over() {
        if (--running_ > 0) return;
        if (flow_.aborted || (!broken[0] && !broken[1])) return tell_over();
        net::asio::co_spawn(on_, break_sources(flow_, broken), [this](std::exception_ptr bug) {
            if (bug) failed(std::move(bug));
            tell_over();
        });
    }

  private:
    void tell_over() {
        const auto until_then = std::move(flow_.pumping);
        over_(bug_);
    }

    flow& flow_;
    net::asio::any_io_executor on_;
    pump_over over_;
    std::exception_ptr bug_;
    int running_ = 2;
    one_way up_{*this, flow_, direction::to_server}, down_{*this, flow_, direction::to_client};
};

// A step of this direction, which may be its last.
template <class Step> void one_way::take(Step step) {
    try {
        step();
    } catch (...) {
        both_.failed(std::current_exception());
        over_ = true;
    }
    if (over_) both_.one_is_over();
}

template <class Then> void one_way::run(awaitable<ending> what, Then then) {
    net::asio::co_spawn(
        both_.executor(), std::move(what), [this, then](std::exception_ptr bug, ending how) {
            take([&] {
                if (bug) std::rethrow_exception(bug);
                then(how);
            });
        });
}

void one_way::start(bytes early) {
    take([&] {
        if (flow_.aborted) { // by the early bytes of the other direction
            over_ = true;
            return;
        }
        if (early.empty() && !is_shaped(flow_, way_)) return wait();
        run(begin(std::move(early)), [this](ending now) { go_on(now); });
    });
}

void one_way::wait() { flow_.from(way_).when_readable(*this, both_.executor()); }

void one_way::readable(std::exception_ptr bug, const error_code& failed) {
    take([&] {
        if (bug) std::rethrow_exception(bug);
        if (failed) return go_on(ending::broken_source);
        if (way_ == direction::to_server) flow_.look_at_segments(flow::look::last);
        if (fast_.pays()) fast_.begin_turn();
        take_turn();
    });
}

void one_way::take_turn() {
    if (!fast_.pays() || flow_.piece_size()) return take_turn_in_memory();
    auto through = flow_.around.pipes.borrow();
    if (!through) return take_turn_in_memory();
    take_turn_in_kernel(std::move(*through));
}

// What waits is read and written.
void one_way::take_turn_in_memory() {
    auto buffer = flow_.around.buffers.borrow();
    step now;
    for (int i = 0; i < reads_in_a_row && !now.drained && !flow_.aborted; ++i) {
        if (flow_.around.record.crowded())
            return run(wait_for_recorder(flow_), [this](ending end) { go_on(end); });
        now = read_and_write(flow_, way_, fast_, buffer.span());
        fast_.copied(now.read);
        if (now.end != ending::open) return go_on(now.end);
        if (!now.unsent.empty())
            return run(
                send_rest(now.unsent, std::move(buffer)), [this](ending end) { go_on(end); });
        if (fast_.pays()) break; // to the other kind of turn
    }
    go_on(ending::open);
}

void one_way::take_turn_in_kernel(net::pipe_pool::loan through) {
    while (fast_.moved() < bytes_in_a_row && !flow_.aborted) {
        auto now = fast_.move(*through);
        if (now.unable) return take_turn_in_memory();
        if (now.read.error == net::asio::error::would_block) break;
        if (now.read.error == net::asio::error::eof && fast_.broken())
            now.read.error = fast_.broken();
        if (now.read.error == net::asio::error::eof) return go_on(ending::fin);
        if (now.read.error) {
            flow_.tell_broken(source_of(way_), now.read.error);
            return go_on(ending::broken_source);
        }
        if (now.written.error && now.written.error != net::asio::error::would_block)
            return go_on(refused(now.written.error));
        const bool done = now.drained || !fast_.pays();
        if (through->held() > 0)
            return run(empty_pipe(std::move(through)), [this, done](ending end) {
                if (end != ending::open || done || flow_.aborted) return go_on(end);
                take_turn();
            });
        if (done) break;
    }
    go_on(ending::open);
}

// What is there before the first read; of a shaped flow, the whole first flight.
awaitable<ending> one_way::begin(bytes early) {
    if (is_shaped(flow_, way_)) {
        auto sent = co_await send_first_flight(flow_, flow_.route->shaping, std::move(early));
        if (sent.end != ending::open) co_return noted(sent.end);
        early = std::move(sent.behind);
    }
    if (early.empty()) co_return ending::open;
    if (way_ == direction::to_server) flow_.look_at_segments(flow::look::last);
    const auto begun = pass_on(flow_, way_, early);
    if (begun.end != ending::open) co_return noted(begun.end);
    co_return co_await send_rest(begun.unsent);
}

// What a step could not send at once.
awaitable<ending> one_way::send_rest(bytes_view unsent) {
    while (!unsent.empty()) {
        auto error = co_await flow_.to(way_).wait_writable();
        if (!error) {
            const auto sent = write_now(flow_, way_, unsent);
            unsent = unsent.subspan(sent.size);
            if (sent.error != net::asio::error::would_block) error = sent.error;
        }
        if (error) co_return refused(error);
    }
    co_return ending::open;
}

awaitable<ending> one_way::send_rest(bytes_view unsent, [[maybe_unused]] buffer_pool::loan holds) {
    const auto end = co_await send_rest(unsent);
    co_return end;
}

awaitable<ending> one_way::empty_pipe(net::pipe_pool::loan through) {
    while (through->held() > 0) {
        auto error = co_await flow_.to(way_).wait_writable();
        if (!error) error = through->drain(flow_.to(way_).plain_socket()).error;
        if (error && error != net::asio::error::would_block) co_return refused(error);
    }
    co_return ending::open;
}

// A writer that hears of a reset takes the word from the reader of that leg, who must know at once,
// not when our coroutine is over.
ending one_way::noted(ending how) {
    if (how == ending::broken_target) both_.broken[index_of(way_)] = true;
    return how;
}

ending one_way::refused(const error_code& error) {
    if (!flow_.aborted) flow_.tell_broken(target_of(way_), error);
    return noted(ending::broken_target);
}

void one_way::go_on(ending now) {
    if (flow_.aborted)
        over_ = true;
    else if (now == ending::open)
        wait();
    else
        end(now);
}

void one_way::end(ending how) {
    if (way_ == direction::to_server && flow_.beside != nullptr) flow_.beside->give_up();
    // A leg that refused our writes ends its reads with EOF: the reset was reported to the writer.
    if (how == ending::fin && both_.broken[index_of(opposite(way_))]) how = ending::broken_source;
    flow_.watching.ended(way_, flow_.clock.now());
    switch (how) {
    case ending::fin: return end_orderly();
    case ending::broken_target:
        // What the broken leg sent before may still wait to be read: the other direction takes it
        // over and then meets the same end.
        both_.broken[index_of(way_)] = over_ = true;
        return;
    case ending::broken_source:
    case ending::open: run(break_target(flow_, way_), [this](ending) { over_ = true; });
    }
}

void one_way::end_orderly() {
    if (way_ == direction::to_server) flow_.look_at_the_end();
    flow_.tell_closed(source_of(way_), "peer", "fin");
    both_.ended[index_of(way_)] = true;
    // The last to end needs no FIN of its own on a socket: the close that follows sends it.
    if (!both_.ended[index_of(opposite(way_))] || flow_.to(way_).plain_socket() < 0)
        flow_.to(way_).shutdown_send();
    if (way_ == direction::to_client) flow_.over = true;
    over_ = way_ == direction::to_client || !awaits_answer(flow_);
    if (!over_) run(end_unless_answered(flow_), [this](ending) { over_ = true; });
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

void start_pump(
    flow& moving, const net::asio::any_io_executor& on, bytes from_client, bytes from_server,
    pump_over over) {
    auto made = std::make_unique<pumping>(moving, on, std::move(over));
    auto& started = *made;
    moving.pumping = std::move(made);
    started.start(std::move(from_client), std::move(from_server));
}

awaitable<void> pump(flow& moving, bytes from_client, bytes from_server) {
    const auto on = co_await net::asio::this_coro::executor;
    net::asio::use_awaitable_t<> token;
    co_await net::asio::async_initiate<net::asio::use_awaitable_t<>, void(std::exception_ptr)>(
        [&](auto waiting) {
            pump_over over = [on, waiting = std::move(waiting)](std::exception_ptr bug) mutable {
                net::asio::post(
                    on, [waiting = std::move(waiting), bug]() mutable { std::move(waiting)(bug); });
            };
            start_pump(moving, on, std::move(from_client), std::move(from_server), std::move(over));
        },
        token);
}

} // namespace helloscope::relay
