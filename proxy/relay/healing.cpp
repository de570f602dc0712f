#include "healing.hpp"

#include "ended_stream.hpp"
#include "helloscope/heal/decide.hpp"
#include "helloscope/heal/first_flight.hpp"
#include "helloscope/net/streams/perform_plan.hpp"
#include "helloscope/policy/route.hpp"
#include "helloscope/shape/plan.hpp"

namespace helloscope::relay {

using heal::ending;
using model::leg;
using net::asio::awaitable;
using wire::tls::flight;

namespace {

// One attempt. The first one's stream is the flow's.
struct contender {
    std::uint32_t number = 1;
    shape::shape how;
    std::optional<std::size_t> of_rung;
    endpoint address, local;
    timestamp began{}, sent_at{}, heard{};
    bool sent = false;
    bool told = false; // its end
    ending over = ending::none;
    net::error_code error; // of that end
    std::unique_ptr<net::stream> stream;
    bytes answer;
    wire::tls::flight_reader reading;
    net::asio::cancellation_signal give_up;
};

std::string word_of(ending how) {
    switch (how) {
    case ending::none: break;
    case ending::rst: return "rst";
    case ending::fin: return "fin";
    case ending::connect: return "connect";
    case ending::broken: return "broken";
    }
    return "given up";
}

ending ending_of(const net::error_code& error) {
    if (error == net::asio::error::eof) return ending::fin;
    const bool reset = error == net::asio::error::connection_reset ||
                       error == net::asio::error::broken_pipe;
    return reset ? ending::rst : ending::broken;
}

class race final : flow::companion {
  public:
    race(flow& of, const request& asked, const server_leg& like, leg_opener open)
        : of_(of), asked_(asked), like_(like), open_(std::move(open)) {}

    awaitable<raced> run(bytes from_client, bytes from_server);

  private:
    const healing_options& wanted() const { return of_.around.common.options.healing; }
    contender& first() { return *contenders_.front(); }
    net::stream& stream_of(const contender& one) const {
        return one.stream ? *one.stream : *of_.server;
    }

    // ---- the client
    awaitable<void> follow_client(bytes early);
    awaitable<void> pass_on(bytes_view read);

    // ---- the attempts
    contender& add();
    void spawn(contender& one, awaitable<void> what);
    awaitable<void> attempt(contender& one);
    awaitable<net::error_code> send(contender& on);
    awaitable<void> listen(contender& to);
    void heard(contender& from, bytes_view read);
    void began(contender& one);
    void over(contender& one, ending how, const net::error_code& error);

    // ---- the decisions
    void tick() override { consider(); }
    void abort() override { settle(first()); }
    void consider();
    heal::situation situation() const;
    heal::attempt seen_of(const contender& one, timestamp now) const;
    void start(const heal::decision& next);
    void settle(contender& on);

    // ---- the end
    awaitable<void> wait_for_all();
    void tell_end(contender& one, const std::string& how);
    void tell_outcome();
    void learn();
    void join();
    heal::place place() const;

    flow& of_;
    const request& asked_;
    const server_leg& like_;
    const leg_opener open_;
    net::asio::any_io_executor executor_;
    heal::first_flight flight_;
    timestamp whole_at_{};
    std::optional<shape::shape> remembered_;
    std::vector<std::unique_ptr<contender>> contenders_;
    contender* winner_ = nullptr;
    bytes unsent_;                 // of the client, for whoever goes on
    net::error_code client_ended_; // otherwise than by FIN
    std::size_t running_ = 0;      // coroutines beside the one that runs the race
    std::optional<net::asio::steady_timer> all_over_;
    std::exception_ptr bug_;
};

awaitable<raced> race::run(bytes from_client, bytes from_server) {
    // What came behind a parent's answer is the server's already.
    if (!from_server.empty()) co_return raced(std::move(from_client), std::move(from_server));
    executor_ = co_await net::asio::this_coro::executor;
    auto& one = add();
    one.address = like_.address;
    one.local = like_.local;
    of_.beside = this;
    spawn(one, listen(one));
    try {
        co_await follow_client(std::move(from_client));
    } catch (...) {
        bug_ = std::current_exception();
        settle(one);
    }
    co_await wait_for_all();
    of_.beside = nullptr;
    if (bug_) std::rethrow_exception(bug_);
    if (of_.aborted) co_return raced({}, {});
    tell_outcome();
    join();
    co_return raced(std::move(unsent_), std::move(winner_->answer));
}

// ---- the client

awaitable<void> race::follow_client(bytes early) {
    if (!early.empty()) co_await pass_on(early);
    while (winner_ == nullptr) {
        const auto ended = co_await of_.client->wait_readable();
        if (ended || winner_ != nullptr) co_return;
        auto buffer = of_.around.buffers.borrow();
        const auto got = of_.client->read_now(buffer.span());
        if (got.size > 0) {
            co_await pass_on(bytes_view(buffer.span()).first(got.size));
        } else if (got.error != net::asio::error::would_block) {
            if (got.error != net::asio::error::eof) client_ended_ = got.error;
            settle(first());
        }
    }
}

// To the first attempt at once; a copy is kept for others.
awaitable<void> race::pass_on(bytes_view read) {
    auto left = read;
    while (!left.empty()) {
        const auto sent = of_.server->write_now(left);
        left = left.subspan(sent.size);
        if (sent.error == net::asio::error::would_block) {
            if (co_await of_.server->wait_writable()) break;
        } else if (sent.error) {
            break;
        }
    }
    of_.last_byte = of_.clock.now();
    const auto sent = read.first(read.size() - left.size());
    if (!sent.empty()) of_.watching.saw(direction::to_server, sent, of_.last_byte);
    unsent_ = to_bytes(left); // the pump meets what stopped it
    if (!left.empty() || flight_.feed(read) == heal::first_flight::state::unrepeatable)
        settle(first());
    else if (flight_.now() == heal::first_flight::state::whole)
        began(first());
}

// ---- the attempts

contender& race::add() {
    auto& one = *contenders_.emplace_back(std::make_unique<contender>());
    one.number = static_cast<std::uint32_t>(contenders_.size());
    one.began = of_.clock.now();
    return one;
}

void race::spawn(contender& one, awaitable<void> what) {
    ++running_;
    const auto ended = [this, &one](std::exception_ptr failed) {
        if (failed && !bug_) bug_ = failed;
        if (failed) settle(one);
        --running_;
        if (all_over_) all_over_->cancel();
    };
    net::asio::co_spawn(
        executor_, std::move(what), net::asio::bind_cancellation_slot(one.give_up.slot(), ended));
}

awaitable<void> race::attempt(contender& one) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    // A cut alone keeps to the clamp that the route has anyway.
    const auto limit = one.how.limit || !of_.route ? one.how.limit : of_.route->shaping.limit;
    auto made = co_await open_(one.number - 1, limit);
    one.stream = std::move(made.stream);
    if (winner_ != nullptr) co_return;
    if (!one.stream) {
        over(one, ending::connect, {});
        co_return;
    }
    one.address = made.address;
    one.local = made.local;
    const auto failed = co_await send(one);
    if (winner_ != nullptr) co_return;
    if (failed) {
        over(one, ending_of(failed), failed);
        co_return;
    }
    began(one);
    if (!made.early.empty()) heard(one, made.early);
    co_await listen(one);
}

// The first flight in the shape of the attempt.
awaitable<net::error_code> race::send(contender& on) {
    const auto sent = flight_.sent();
    const auto plan = shape::make_plan(on.how, sent, shape::read_first_flight(sent));
    co_return co_await net::perform_plan(*on.stream, plan);
}

awaitable<void> race::listen(contender& to) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    auto& from = stream_of(to);
    while (winner_ == nullptr) {
        const auto stopped = co_await from.wait_readable();
        if (stopped || winner_ != nullptr) co_return;
        auto buffer = of_.around.buffers.borrow();
        const auto got = from.read_now(buffer.span());
        if (got.size > 0)
            heard(to, bytes_view(buffer.span()).first(got.size));
        else if (got.error != net::asio::error::would_block)
            co_return over(to, ending_of(got.error), got.error);
    }
}

void race::heard(contender& from, bytes_view read) {
    from.heard = of_.clock.now();
    from.answer.insert(from.answer.end(), read.begin(), read.end());
    if (flight_.now() != heal::first_flight::state::whole) return settle(from); // unasked
    from.reading.feed(read);
    const auto state = from.reading.state();
    if (state == flight::whole)
        settle(from);
    else if (state == flight::possible || from.answer.size() >= wanted().limits.held)
        consider();
}

// All of its first flight was given to the kernel.
void race::began(contender& one) {
    one.sent = true;
    one.sent_at = one.heard = of_.clock.now();
    if (one.number > 1) return;
    one.began = whole_at_ = one.sent_at;
    remembered_ = of_.around.common.cures.recall(place(), whole_at_);
    if (remembered_) consider();
}

void race::over(contender& one, ending how, const net::error_code& error) {
    one.over = how;
    one.error = error;
    if (flight_.now() != heal::first_flight::state::whole) return settle(one);
    if (contenders_.size() > 1) tell_end(one, word_of(how));
    consider();
}

// ---- the decisions

void race::consider() {
    while (winner_ == nullptr && !of_.aborted && whole_at_ != timestamp()) {
        const auto next = heal::decide(situation(), wanted().ladder, wanted().limits);
        if (next.what == heal::decision::verb::wait) return;
        if (next.what == heal::decision::verb::join) return settle(*contenders_.at(next.attempt));
        start(next);
    }
}

heal::situation race::situation() const {
    const auto now = of_.clock.now();
    heal::situation is;
    is.since = now - whole_at_;
    for (const auto& one : contenders_) is.attempts.push_back(seen_of(*one, now));
    is.flight_size = flight_.sent().size();
    is.remembered = remembered_;
    return is;
}

heal::attempt race::seen_of(const contender& one, timestamp now) const {
    heal::attempt is;
    is.how = one.how;
    is.of_rung = one.of_rung;
    is.v6 = one.address.address.v6;
    is.sent = one.sent;
    is.over = one.over;
    is.since = now - (one.sent ? one.sent_at : one.began);
    is.quiet = now - (one.sent ? one.heard : one.began);
    is.answer = one.reading.state();
    is.received = one.answer.size();
    if (!one.sent || one.over != ending::none) return is;
    const auto& stream = stream_of(one);
    is.path = stream.path();
    is.unacknowledged = stream.unacknowledged();
    if (is.path) is.gap = is.path->rcv_held.value_or(0) > 0;
    return is;
}

void race::start(const heal::decision& next) {
    auto& before = first();
    if (contenders_.size() == 1) {
        of_.tell(model::heal_attempt{1, "", "", before.address});
        if (before.over != ending::none) tell_end(before, word_of(before.over));
    }
    const auto sample = of_.server->path();
    heal::hello_size hello;
    hello.flight = static_cast<std::uint32_t>(flight_.sent().size());
    hello.message = flight_.message_size();
    if (sample) hello.segment = sample->snd_mss.value_or(0);
    auto& one = add();
    one.of_rung = next.of_rung;
    one.how = next.of_rung ? heal::shape_of(wanted().ladder.at(*next.of_rung), hello)
                           : *remembered_;
    one.address = like_.at(one.number - 1);
    of_.tell(model::heal_attempt{one.number, to_string(one.how), next.why, one.address});
    spawn(one, attempt(one));
}

void race::settle(contender& on) {
    if (winner_ != nullptr) return;
    winner_ = &on;
    of_.client->stop_waiting();
    for (const auto& one : contenders_) {
        if (one->number == 1 || one->stream) stream_of(*one).stop_waiting();
        if (one.get() != &on) one->give_up.emit(net::asio::cancellation_type::terminal);
    }
}

// ---- the end

awaitable<void> race::wait_for_all() {
    all_over_.emplace(executor_, std::chrono::steady_clock::time_point::max());
    while (running_ > 0) co_await all_over_->async_wait(net::as_result);
}

void race::tell_end(contender& one, const std::string& how) {
    if (std::exchange(one.told, true)) return;
    model::heal_attempt_ended event;
    event.number = one.number;
    event.how = how;
    event.took = of_.clock.now() - one.began;
    event.received = one.answer.size();
    if (one.sent) {
        const auto& stream = stream_of(one);
        event.sent = flight_.sent().size();
        event.acked = event.sent - std::min<std::uint64_t>(event.sent, stream.unacknowledged());
        if (const auto sample = stream.path()) {
            event.retransmits = sample->retransmits;
            event.sacked = sample->sacked;
            event.out_of_order = sample->rcv_ooopack;
            event.snd_mss = sample->snd_mss;
        }
    }
    of_.tell(std::move(event));
}

// Nothing, where there was no other attempt.
void race::tell_outcome() {
    if (contenders_.size() == 1) return;
    const auto state = winner_->reading.state();
    const bool answered = state == flight::whole || state == flight::possible;
    for (const auto& one : contenders_) {
        if (one.get() != winner_ || !answered)
            tell_end(
                *one, one.get() == winner_ && one->over == ending::none ? "unanswered"
                                                                        : word_of(one->over));
        else
            tell_end(*one, one->reading.complaint() ? "alert" : "answered");
    }
    model::healed event;
    event.attempt = answered ? winner_->number : 0;
    event.took = of_.clock.now() - whole_at_;
    if (answered) event.shape = to_string(winner_->how);
    event.remembered = answered && remembered_ && winner_->number == 2;
    of_.tell(std::move(event));
    if (answered) learn();
}

// Only a ServerHello shows that a shape gets through. Where the flow as it came was the first to
// bring one, nothing needs to be healed there any more.
void race::learn() {
    const auto& answer = winner_->answer;
    const bool hello = !answer.empty() &&
                       answer.front() == static_cast<int>(wire::tls::content_type::handshake);
    if (!hello || winner_->reading.complaint()) return;
    auto& cures = of_.around.common.cures;
    if (winner_->number > 1)
        cures.learn(place(), winner_->how, of_.clock.now());
    else if (remembered_)
        cures.forget(place(), of_.clock.now());
}

void race::join() {
    const auto again = [](std::unique_ptr<net::stream>& leg, const net::error_code& how) {
        if (!how || how == net::asio::error::eof) return; // the end of a stream is told again
        leg = std::make_unique<ended_stream>(std::move(leg), how);
    };
    for (const auto& one : contenders_)
        if (one.get() != winner_ && one->stream) one->stream->reset();
    if (winner_->number > 1) {
        of_.server->reset();
        of_.server = std::move(winner_->stream);
        note_own_end(of_, winner_->local);
    }
    again(of_.server, winner_->error);
    again(of_.client, client_ended_);
}

heal::place race::place() const {
    heal::place is;
    is.from = heal::network_of(contenders_.front()->local.address);
    is.to = asked_.target;
    if (!like_.way.parents.empty()) is.parent = to_string(like_.way.parents.front());
    return is;
}

} // namespace

bool heals(const flow& of) {
    if (!of.route || !of.route->heal || !of.route->faults.empty()) return false;
    return !of.route->shaping.holds_first_flight() && !of.route->shaping.hello_mss;
}

awaitable<raced> race_first_flight(
    flow& of, const request& asked, const server_leg& leg, bytes from_client, bytes from_server) {
    leg_opener open = [&](std::size_t turn, std::optional<shape::clamp> segments) {
        return open_leg_beside(of, asked, leg, turn, segments);
    };
    co_return co_await race_first_flight(
        of, asked, leg, std::move(from_client), std::move(from_server), std::move(open));
}

awaitable<raced> race_first_flight(
    flow& of, const request& asked, const server_leg& leg, bytes from_client, bytes from_server,
    leg_opener open) {
    race one(of, asked, leg, std::move(open));
    co_return co_await one.run(std::move(from_client), std::move(from_server));
}

} // namespace helloscope::relay
