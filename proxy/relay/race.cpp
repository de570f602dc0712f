#include "race.hpp"

#include "helloscope/net/streams/perform_plan.hpp"
#include "helloscope/policy/route.hpp"
#include "helloscope/shape/plan.hpp"

namespace helloscope::relay {

using heal::ending;
using net::asio::awaitable;
using wire::tls::flight;

namespace {

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

// Room for an answer, from one flow of the thread to the next.
thread_local bytes spare;

ending ending_of(const net::error_code& error) {
    if (error == net::asio::error::eof) return ending::fin;
    const bool reset = error == net::asio::error::connection_reset ||
                       error == net::asio::error::broken_pipe;
    return reset ? ending::rst : ending::broken;
}

} // namespace

race::race(
    flow& of, const net::asio::any_io_executor& executor, request&& asked, server_leg&& like,
    leg_opener&& open)
    : of_(of), executor_(executor), way_(std::move(asked), std::move(like)),
      open_(std::move(open)) {
    first_.address = way_.like.address;
    first_.local = way_.like.local;
    first_.began = of_.clock.now();
    first_.stream = std::move(of_.server);
}

// ---- the flow's leg

void race::wrote(bytes_view sent, bool more) {
    if (winner_ != nullptr || (sent.empty() && !more)) return;
    const bool begins = !first_.sent;
    flight_.feed(sent);
    if (!sent.empty()) began(first_);
    if (begins && !more && !remembered_) return; // most are answered before it matters what it was
    const auto state = flight_.is();
    if (state == heal::first_flight::state::growing) return;
    if (state == heal::first_flight::state::unrepeatable || more) // which is behind the flight
        settle(first_);
    else if (remembered_)
        spawn(first_, begin_remembered());
}

void race::when_answered(net::readable_sink& to) {
    asks_ = &to;
    if (winner_ == nullptr && first_.over == ending::none) {
        waits_ = true;
        first_.stream->when_readable(*this, executor_);
        return;
    }
    net::asio::co_spawn(
        executor_, wait_for_answer(), [&to](std::exception_ptr bug, const net::error_code& failed) {
            to.readable(std::move(bug), failed);
        });
}

// The first attempt's stream, which `asks_` waits for.
void race::readable(std::exception_ptr bug, const net::error_code& stopped) {
    waits_ = false;
    try {
        if (bug) std::rethrow_exception(bug);
        if (winner_ == nullptr && stopped) stop();
        if (winner_ == nullptr) read(first_);
        drop_losers();
        if (!holds() || stopped_ || bug_) return when_answered(*asks_);
    } catch (...) {
        bug = std::current_exception();
    }
    asks_->readable(std::move(bug), {}); // and this may be gone
}

awaitable<net::error_code> race::wait_for_answer() {
    while (winner_ == nullptr) {
        if (first_.over != ending::none) {
            co_await changed();
            continue;
        }
        waits_ = true;
        const auto stopped = co_await first_.stream->wait_readable();
        waits_ = false;
        if (winner_ == nullptr && stopped) stop();
        if (winner_ == nullptr) read(first_);
    }
    drop_losers();
    if (bug_) std::rethrow_exception(std::exchange(bug_, nullptr));
    if (stopped_) co_return net::asio::error::operation_aborted;
    if (holds()) co_return net::error_code();
    co_return co_await leg().wait_readable();
}

net::moved race::take(std::span<std::uint8_t> into) {
    if (winner_ == nullptr) return {0, net::asio::error::would_block};
    const auto left = bytes_view(winner_->answer).subspan(taken_);
    if (left.empty()) return winner_->error ? net::moved{0, winner_->error} : leg().read_now(into);
    const auto size = std::min(left.size(), into.size());
    std::copy_n(left.begin(), size, into.begin());
    taken_ += size;
    return {size, {}};
}

bool race::holds() const {
    return winner_ != nullptr && (taken_ < winner_->answer.size() || winner_->error);
}

net::error_code race::ended() const {
    if (winner_ == nullptr) return {};
    if (taken_ < winner_->answer.size()) return {};
    return winner_->error ? winner_->error : leg().ended();
}

void race::stop() {
    stopped_ = true;
    settle(first_);
}

std::unique_ptr<net::stream> race::only_leg() {
    if (winner_ == nullptr || running_ > 0 || waits_ || holds()) return nullptr;
    if (winner_->answer.capacity() > spare.capacity()) spare.swap(winner_->answer);
    spare.clear();
    return std::move(winner_->stream);
}

awaitable<void> race::finish() {
    while (running_ > 0) co_await changed();
}

// Until notify(). A race that is won at once has no timer.
awaitable<void> race::changed() {
    if (!changed_) changed_.emplace(executor_, timer::time_point::max());
    co_await changed_->async_wait(net::as_result);
}

void race::notify() {
    if (changed_) changed_->cancel();
}

heal::place race::place() const {
    heal::place is;
    is.from = heal::network_of(first_.local.address);
    is.to = way_.asked.target;
    if (!way_.like.way.parents.empty()) is.parent = to_string(way_.like.way.parents.front());
    return is;
}

// ---- the attempts

race::contender& race::another() {
    newest_->next = std::make_unique<contender>();
    newest_->next->number = newest_->number + 1;
    newest_ = newest_->next.get();
    newest_->began = of_.clock.now();
    return *newest_;
}

void race::spawn(contender& one, awaitable<void> what) {
    ++running_;
    const auto ended = [this](std::exception_ptr failed) {
        if (failed && !bug_) bug_ = failed;
        if (failed) settle(first_);
        --running_;
        drop_losers();
        notify();
    };
    net::asio::co_spawn(
        executor_, std::move(what), net::asio::bind_cancellation_slot(one.give_up.slot(), ended));
}

awaitable<void> race::attempt(contender& one) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    auto made = co_await open(one);
    one.stream = std::move(made.stream);
    if (winner_ != nullptr) {
        if (one.stream) one.stream->reset();
        co_return;
    }
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

awaitable<leg_beside> race::open(const contender& one) {
    // A cut alone keeps to the clamp that the route has anyway.
    const auto limit = one.how.limit || !of_.route ? one.how.limit : of_.route->shaping.limit;
    const auto turn = one.number - 1;
    return open_ ? open_(turn, limit) : open_leg_beside(of_, way_.asked, way_.like, turn, limit);
}

// The first flight in the shape of the attempt.
awaitable<net::error_code> race::send(contender& on) {
    const auto sent = flight_.sent();
    const auto plan = shape::make_plan(on.how, sent, shape::read_first_flight(sent));
    co_return co_await net::perform_plan(*on.stream, plan);
}

awaitable<void> race::listen(contender& to) {
    while (winner_ == nullptr && to.over == ending::none) {
        const auto stopped = co_await to.stream->wait_readable();
        if (stopped || winner_ != nullptr) co_return;
        read(to);
    }
}

void race::read(contender& from) {
    auto buffer = of_.around.buffers.borrow();
    const auto got = from.stream->read_now(buffer.span());
    if (got.size > 0)
        heard(from, bytes_view(buffer.span()).first(got.size));
    else if (got.error != net::asio::error::would_block)
        over(from, ending_of(got.error), got.error);
}

void race::heard(contender& from, bytes_view read) {
    from.heard = of_.clock.now();
    if (from.answer.empty()) from.answer.swap(spare);
    from.answer.insert(from.answer.end(), read.begin(), read.end());
    from.reading.feed(read);
    const auto state = from.reading.state();
    const bool whole = state == flight::whole;
    if (whole || flight_.is() != heal::first_flight::state::whole) // or nothing to be repeated
        settle(from);
    else if (state == flight::possible || from.answer.size() >= wanted().limits.held)
        consider();
}

// Its first flight was given to the kernel: all of it, where that is another attempt.
void race::began(contender& one) {
    one.sent = true;
    one.sent_at = one.heard = of_.clock.now();
    if (one.number > 1) return;
    one.began = whole_at_ = one.sent_at;
    auto& cures = of_.around.common.cures;
    remembered_ = cures.knows_any(whole_at_) ? cures.recall(place(), whole_at_) : std::nullopt;
}

// The client's bytes are shown before what they lead to.
awaitable<void> race::begin_remembered() {
    co_await net::asio::post(executor_, net::asio::use_awaitable);
    consider();
}

void race::over(contender& one, ending how, const net::error_code& error) {
    one.over = how;
    if (error != net::asio::error::eof) one.error = error; // which a stream says again
    if (flight_.is() != heal::first_flight::state::whole) return settle(one);
    if (!alone()) tell_end(one, word_of(how));
    consider();
}

// ---- the decisions

void race::consider() {
    if (winner_ != nullptr || flight_.is() == heal::first_flight::state::growing) return;
    if (flight_.is() == heal::first_flight::state::unrepeatable) return settle(first_);
    while (winner_ == nullptr && !of_.aborted) {
        const auto next = heal::decide(situation(), wanted().ladder, wanted().limits);
        if (next.what == heal::decision::verb::wait) return;
        if (next.what == heal::decision::verb::join) {
            auto* chosen = &first_;
            for (auto i = next.attempt; i > 0; --i) chosen = chosen->next.get();
            return settle(*chosen);
        }
        start(next);
    }
}

heal::situation race::situation() const {
    const auto now = of_.clock.now();
    heal::situation is;
    is.since = now - whole_at_;
    is.attempts.reserve(newest_->number);
    for (const auto* one = &first_; one != nullptr; one = one->next.get())
        is.attempts.push_back(seen_of(*one, now));
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
    const auto& stream = *one.stream;
    is.path = stream.path();
    is.unacknowledged = stream.unacknowledged();
    if (is.path) is.gap = is.path->rcv_held.value_or(0) > 0;
    return is;
}

void race::start(const heal::decision& next) {
    auto& before = first_;
    if (alone()) {
        of_.tell_healing();
        of_.tell(model::heal_attempt{1, "", "", before.address});
        if (before.over != ending::none) tell_end(before, word_of(before.over));
    }
    const auto sample = before.stream->path();
    heal::hello_size hello;
    hello.flight = static_cast<std::uint32_t>(flight_.sent().size());
    hello.message = flight_.message_size();
    if (sample) hello.segment = sample->snd_mss.value_or(0);
    auto& one = another();
    one.of_rung = next.of_rung;
    one.how = next.of_rung ? heal::shape_of(wanted().ladder.at(*next.of_rung), hello)
                           : *remembered_;
    one.address = way_.like.at(one.number - 1);
    of_.tell(model::heal_attempt{one.number, to_string(one.how), next.why, one.address});
    spawn(one, attempt(one));
}

void race::settle(contender& on) {
    if (winner_ != nullptr) return;
    winner_ = &on;
    if (!of_.aborted) tell_outcome();
    for (auto* one = &first_; one != nullptr; one = one->next.get()) {
        if (one == &on) continue;
        if (one->stream) one->stream->reset();
        one->give_up.emit(net::asio::cancellation_type::terminal);
    }
    if (on.number > 1) note_own_end(of_, on.local);
    if (on.number > 1 || (waits_ && holds())) on.stream->stop_waiting(); // who waits is told
    notify();
}

// Once nobody waits for their streams any more. A coroutine that ends still needs its contender.
void race::drop_losers() {
    if (winner_ == nullptr || running_ > 0) return;
    for (auto* one = &first_; one != nullptr; one = one->next.get())
        if (one != winner_ && !(waits_ && one == &first_)) one->stream.reset();
}

// ---- what is told

void race::tell_end(contender& one, const std::string& how) {
    if (std::exchange(one.told, true)) return;
    model::heal_attempt_ended event;
    event.number = one.number;
    event.how = how;
    event.took = of_.clock.now() - one.began;
    event.received = one.answer.size();
    if (one.sent) {
        const auto& stream = *one.stream;
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
    if (alone()) return;
    const auto state = winner_->reading.state();
    const bool answered = state == flight::whole || state == flight::possible;
    for (auto* one = &first_; one != nullptr; one = one->next.get()) {
        if (one != winner_)
            tell_end(*one, word_of(one->over));
        else if (answered)
            tell_end(*one, one->reading.complaint() ? "alert" : "answered");
        else
            tell_end(*one, one->over == ending::none ? "unanswered" : word_of(one->over));
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

} // namespace helloscope::relay
