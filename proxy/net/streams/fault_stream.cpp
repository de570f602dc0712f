#include "helloscope/net/streams/fault_stream.hpp"

#include <algorithm>
#include <utility>

namespace helloscope::net {

using std::chrono::steady_clock;

namespace {

std::vector<fault::spec> joined(
    const std::vector<fault::spec>& fixed, const fault_setup::list& live) {
    auto all = fixed;
    if (live) all.insert(all.end(), live->begin(), live->end());
    return all;
}

} // namespace

struct fault_stream::state final : fault::chain_sink, std::enable_shared_from_this<state> {
    std::unique_ptr<stream> inner;
    fault_setup setup;
    fault_setup::list live; // those in the chain
    fault::chain chain;
    asio::steady_timer alarm;   // for what is due
    asio::steady_timer changed; // cancelled when something has gone on
    std::optional<timestamp> alarm_at;
    error_code error;      // of a write that nobody was there to hear of
    bool carrying = false; // waits for room
    bool gone = false;     // reset, closed or destroyed
    bool waits = false, stopped = false;

    state(std::unique_ptr<stream> around, const asio::any_io_executor& executor, fault_setup given)
        : inner(std::move(around)), setup(std::move(given)),
          live(setup.live ? setup.live() : nullptr),
          chain(setup.under, joined(setup.fixed, live), setup.clock.now()), alarm(executor),
          changed(executor, steady_clock::time_point::max()) {}

    // ---- what the faults do
    void acted(const fault::spec& fault, std::string did, std::uint64_t offset) override {
        if (setup.hook) setup.hook->faulted(setup.under.passing, fault, std::move(did), offset);
    }
    void answer(bytes octets, bool closes) override {
        if (setup.hook) setup.hook->answered(setup.under.passing, std::move(octets), closes);
    }

    // Everything that can go on goes on.
    void advance() {
        if (gone) return;
        look();
        chain.run(setup.clock.now(), *this);
        send();
        if (gone) return;
        set_alarm();
        changed.cancel();
    }

    bool look() {
        const auto now = setup.live ? setup.live() : nullptr;
        if (now == live) return false;
        live = now;
        chain.change(joined(setup.fixed, live), setup.clock.now(), *this);
        return true;
    }

    void send() {
        while (!carrying && !error && !gone) {
            const auto ready = chain.ready();
            if (ready.empty()) {
                end();
                return;
            }
            const auto written = inner->write_segment_now(ready);
            chain.sent(written.size);
            if (written.error == asio::error::would_block)
                carry_on_later();
            else
                error = written.error;
        }
    }

    void end() {
        const auto how = chain.next_end();
        if (how == fault::ending::none) return;
        chain.end_done();
        if (how == fault::ending::end) {
            inner->shutdown_send();
            return;
        }
        error = asio::error::operation_aborted; // for who writes on
        if (setup.hook) setup.hook->ended(setup.under.passing, how);
    }

    void carry_on_later() {
        carrying = true;
        asio::co_spawn(alarm.get_executor(), carry(shared_from_this()), asio::detached);
    }
    static awaitable<void> carry(std::shared_ptr<state> self) {
        co_await self->inner->wait_writable();
        self->carrying = false;
        self->advance();
    }

    void set_alarm() {
        const auto due = chain.wake();
        if (due == alarm_at) return;
        alarm_at = due;
        if (!due) {
            alarm.cancel();
            return;
        }
        // Never sooner than in a moment: a fault that wakes too early must not keep us busy.
        const auto in = std::max<duration>(*due - setup.clock.now(), std::chrono::microseconds(1));
        alarm.expires_after(std::chrono::duration_cast<steady_clock::duration>(in));
        alarm.async_wait([self = shared_from_this()](const error_code& cancelled) {
            if (cancelled) return;
            self->alarm_at.reset();
            self->advance();
        });
    }

    void leave() {
        gone = true;
        alarm.cancel();
        changed.cancel();
    }

    bool settled() const { return gone || error || !chain.holds() || chain.stuck(); }
};

fault_stream::fault_stream(
    std::unique_ptr<stream> inner, const asio::any_io_executor& executor, fault_setup setup)
    : state_(std::make_shared<state>(std::move(inner), executor, std::move(setup))) {}

fault_stream::~fault_stream() {
    state_->setup.hook = nullptr;
    if (!state_->gone) close();
}

moved fault_stream::read_now(std::span<std::uint8_t> into) { return state_->inner->read_now(into); }

moved fault_stream::write_now(bytes_view from) {
    auto& my = *state_;
    if (my.error) return {0, my.error};
    my.look(); // what is written now is for the faults that are there now
    const auto size = std::min(from.size(), my.chain.room());
    if (size == 0) return {0, asio::error::would_block};
    my.chain.take(from.first(size), my.setup.clock.now());
    my.advance();
    return {size, {}};
}

awaitable<error_code> fault_stream::wait_readable() { return state_->inner->wait_readable(); }

void fault_stream::when_readable(readable_sink& to, const asio::any_io_executor& on) {
    state_->inner->when_readable(to, on);
}

awaitable<error_code> fault_stream::wait_writable() {
    const auto my = state_;
    while (my->chain.room() == 0 && !my->error && !my->gone) {
        my->waits = true;
        my->changed.expires_at(steady_clock::time_point::max());
        co_await my->changed.async_wait(as_result);
        my->waits = false;
        if (std::exchange(my->stopped, false)) co_return asio::error::operation_aborted;
    }
    co_return my->gone ? error_code(asio::error::operation_aborted) : error_code();
}

void fault_stream::stop_waiting() {
    state_->stopped = state_->waits;
    state_->changed.cancel();
    state_->inner->stop_waiting();
}

void fault_stream::shutdown_send() {
    state_->chain.take_end(state_->setup.clock.now());
    state_->advance();
}

void fault_stream::reset() {
    state_->leave();
    state_->inner->reset();
}

void fault_stream::close() {
    state_->leave();
    state_->inner->close();
}

error_code fault_stream::ended() const { return state_->inner->ended(); }

std::size_t fault_stream::unacknowledged() const {
    const auto& my = *state_;
    const auto held = my.settled() ? 0 : fault::chain::limit - my.chain.room();
    return my.inner->unacknowledged() + held;
}

std::optional<model::path_sample> fault_stream::path() const { return state_->inner->path(); }

void fault_stream::begin() { state_->advance(); }

void fault_stream::inject(bytes octets, bool closes) {
    state_->chain.inject(std::move(octets), closes, state_->setup.clock.now());
    state_->advance();
}

void fault_stream::look() {
    if (!state_->gone && state_->look()) state_->advance();
}

bool fault_stream::stuck() const {
    return !state_->gone && !state_->error && state_->chain.stuck();
}

awaitable<void> fault_stream::settle() {
    const auto my = state_;
    while (!my->settled()) {
        my->changed.expires_at(steady_clock::time_point::max());
        co_await my->changed.async_wait(as_result);
    }
}

} // namespace helloscope::net
