#include "helloscope/probe/investigation.hpp"

#include "helloscope/diagnose/inquiry.hpp"
#include "helloscope/net/streams/perform_plan.hpp"
#include "helloscope/probe/chain.hpp"
#include "helloscope/probe/question.hpp"
#include "reply.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>

namespace helloscope::probe {

using namespace std::chrono_literals;
using net::error_code;
using net::asio::awaitable;
using wire::tls::flight;

namespace {

constexpr std::size_t longest_reply = 128 * 1024; // bytes: no flight is longer

void fill_at_random(std::span<std::uint8_t> into) {
    RAND_bytes(into.data(), static_cast<int>(into.size()));
}

std::string word_of(const error_code& error) {
    if (error == net::asio::error::eof) return "fin";
    const bool reset = error == net::asio::error::connection_reset ||
                       error == net::asio::error::broken_pipe;
    return reset ? "rst" : "broken";
}

// Something under way that its time, or a stop, ends.
struct errand : std::enable_shared_from_this<errand> {
    net::asio::steady_timer time;
    net::asio::cancellation_signal give_up;
    net::stream* on = nullptr; // what it waits on
    bool over = false;         // its time is
    bool done = false;

    explicit errand(const net::asio::any_io_executor& executor) : time(executor) {}

    void end() {
        over = true;
        if (on != nullptr) on->stop_waiting();
        give_up.emit(net::asio::cancellation_type::terminal);
    }
    // A handler that is queued already cannot be called back: it must find nothing to end.
    void ends_in(std::chrono::steady_clock::duration left) {
        time.expires_after(left);
        time.async_wait([of = weak_from_this()](const error_code& cancelled) {
            const auto still = of.lock();
            if (!cancelled && still && !still->done) still->end();
        });
    }
};

} // namespace

struct investigation::state : std::enable_shared_from_this<investigation::state> {
    net::asio::any_io_executor executor;
    surroundings around;
    limits within;
    std::vector<std::string> begun;
    std::vector<std::shared_ptr<errand>> errands; // all that ever began
    std::size_t running = 0;
    std::optional<bool> may_ask;
    bool stopped = false, asked_enough = false;
    net::asio::steady_timer total;
    std::optional<net::asio::steady_timer> all_over;

    state(net::asio::any_io_executor on, surroundings where, limits how)
        : executor(std::move(on)), around(std::move(where)), within(how), total(executor) {}

    void look();
    void start(std::string test);
    errand& add();
    void spawn(errand& one, awaitable<void> what);
    void stop();
    void end_all();

    awaitable<void> ask(errand& on, question what, std::chrono::milliseconds limit);
    awaitable<error_code> listen(
        errand& on, reply& to, std::chrono::steady_clock::time_point end, timestamp& heard);
    awaitable<void> fetch(errand& on, const leg_opener& open, std::string by);
    awaitable<void> wait_for_all();

    net::flow_clock clock;
};

investigation::investigation(
    net::asio::any_io_executor executor, surroundings around, limits within)
    : state_(std::make_shared<state>(std::move(executor), std::move(around), within)) {}

investigation::~investigation() = default;

void investigation::look() { state_->look(); }
bool investigation::begun() const { return !state_->begun.empty(); }
void investigation::stop() { state_->stop(); }

awaitable<void> investigation::finish() {
    auto& my = *state_;
    my.look();
    co_await my.wait_for_all();
    if (my.stopped || !my.around.trusted || !diagnose::wants_chain(my.around.facts()) ||
        !my.around.may(question_kind::certificates))
        co_return;
    const bool parents = static_cast<bool>(my.around.open_beyond);
    auto& one = my.add();
    my.spawn(one, my.fetch(one, my.around.open, parents ? "parent" : "direct"));
    if (parents) {
        auto& other = my.add();
        my.spawn(other, my.fetch(other, my.around.open_beyond, "direct"));
    }
    co_await my.wait_for_all();
}

void investigation::state::look() {
    while (!stopped && !asked_enough && running < within.at_once) {
        const auto facts = around.facts();
        auto test = diagnose::next_test(facts, begun);
        if (!test) return;
        if (!may_ask) may_ask = around.may(question_kind::hello);
        if (!*may_ask) return;
        start(std::move(*test));
    }
}

void investigation::state::start(std::string test) {
    const auto facts = around.facts();
    begun.push_back(test);
    auto made = make_question(
        test, *facts.client_hello, static_cast<std::uint32_t>(facts.hello_bytes), fill_at_random);
    if (!made) return; // a test of a later diagnose
    if (begun.size() == 1) {
        total.expires_after(within.total);
        total.async_wait([of = weak_from_this()](const error_code& cancelled) {
            const auto still = of.lock();
            if (cancelled || !still) return;
            still->asked_enough = true;
            still->end_all();
        });
    }
    // A connection and a flight of several segments take so many round trips.
    const auto far = std::chrono::ceil<std::chrono::milliseconds>(
        6 * facts.server_leg.min_rtt.value_or(duration{}));
    auto& one = add();
    spawn(one, ask(one, std::move(*made), std::min(std::max(within.test, far), within.total)));
}

errand& investigation::state::add() {
    return *errands.emplace_back(std::make_shared<errand>(executor));
}

void investigation::state::spawn(errand& one, awaitable<void> what) {
    ++running;
    const auto ended = [this, &one](std::exception_ptr bug) {
        one.done = true;
        one.time.cancel();
        --running;
        if (bug) {
            stopped = true; // an error of ours is nothing of the flow's
            spdlog::error("an investigation ended by an internal error");
        }
        look();
        if (running == 0) total.cancel();
        if (all_over) all_over->cancel();
    };
    net::asio::co_spawn(
        executor, std::move(what), net::asio::bind_cancellation_slot(one.give_up.slot(), ended));
}

void investigation::state::stop() {
    stopped = true;
    end_all();
}

void investigation::state::end_all() {
    for (const auto& one : errands)
        if (!one->done) one->end();
}

awaitable<void> investigation::state::wait_for_all() {
    all_over.emplace(executor, std::chrono::steady_clock::time_point::max());
    while (running > 0) co_await all_over->async_wait(net::as_result);
    all_over.reset();
}

// ---- one test

awaitable<void> investigation::state::ask(
    errand& on, question what, std::chrono::milliseconds limit) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    const auto begin = clock.now();
    const auto end = std::chrono::steady_clock::now() + limit;
    on.ends_in(limit);
    model::investigated told;
    told.test = what.test;
    told.hello_bytes = static_cast<std::uint32_t>(what.hello.size());
    auto made = co_await around.open(what.how.limit);
    if (stopped) co_return;
    if (!made.stream || on.over) {
        told.outcome = "connect";
        told.detail = made.error.empty() ? "no connection in time" : made.error;
        told.took = clock.now() - begin;
        around.tell(std::move(told));
        co_return;
    }
    on.on = made.stream.get();
    const auto plan = shape::make_plan(what.how, what.hello, shape::read_first_flight(what.hello));
    auto heard = clock.now();
    reply answer;
    error_code failed;
    failed = co_await net::perform_plan(*made.stream, plan);
    if (!made.early.empty()) answer.feed(made.early);
    if (!failed && !on.over) failed = co_await listen(on, answer, end, heard);
    on.on = nullptr;
    if (stopped) co_return;

    const auto came = answer.state();
    if (came == flight::whole || came == flight::possible) {
        told.outcome = answer.outcome();
        told.detail = answer.detail();
        told.took = heard - begin;
    } else if (failed && !on.over) {
        told.outcome = word_of(failed);
        told.detail = answer.detail();
        told.took = clock.now() - begin;
    } else {
        const auto left = made.stream->unacknowledged();
        told.outcome = came == flight::nothing ? "silent" : "half-answered";
        told.detail = left > 0 ? fmt::format("{} bytes of it not acknowledged", left)
                               : "all of it acknowledged";
        if (came != flight::nothing) told.detail = fmt::format("{} bytes came", answer.size());
        told.took = clock.now() - begin;
    }
    made.stream->reset(); // nobody has the keys to go on
    around.tell(std::move(told));
}

// Until there is a whole flight, or what has come for a while may be one; or the end.
awaitable<error_code> investigation::state::listen(
    errand& on, reply& to, std::chrono::steady_clock::time_point end, timestamp& heard) {
    std::array<std::uint8_t, 4096> buffer;
    while (!on.over && to.state() != flight::whole && to.size() < longest_reply) {
        if (const auto stopped_by = co_await on.on->wait_readable()) co_return error_code();
        const auto got = on.on->read_now(buffer);
        if (got.size == 0 && got.error == net::asio::error::would_block) continue;
        if (got.size == 0) co_return got.error;
        heard = clock.now();
        to.feed(bytes_view(buffer).first(got.size));
        const auto path = on.on->path();
        const bool settles = to.state() == flight::possible &&
                             (!path || path->rcv_held.value_or(0) == 0);
        const auto left = end - std::chrono::steady_clock::now();
        on.ends_in(
            settles ? std::min<std::chrono::steady_clock::duration>(within.settle, left) : left);
    }
    co_return error_code();
}

// ---- certificates

awaitable<void> investigation::state::fetch(errand& on, const leg_opener& open, std::string by) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    on.ends_in(within.chain);
    auto made = co_await open(std::nullopt);
    net::tls_chain fetched;
    auto context = net::tls_client_context::make("", net::peer_check::accept_any);
    if (!made.stream || !context || on.over)
        fetched.error = made.error.empty() ? "no connection" : made.error;
    else
        fetched = co_await net::tls_fetch_chain(
            std::move(made.stream), std::move(*context), around.name, within.chain,
            std::move(made.early));
    if (stopped) co_return;
    around.tell(describe_chain(fetched, *around.trusted, around.name, std::move(by), clock.now()));
}

} // namespace helloscope::probe
