// The attempts of a flow that heals, the decisions between them, and what the flow is told of it.
// The first attempt is the leg that stands: its stream goes on under the pump's reads and writes
// (healing.cpp), so that a flow in good health has no coroutine, wait or timer more than another.
// All others have a coroutine each.
#pragma once

#include "healing.hpp"
#include "helloscope/heal/decide.hpp"
#include "helloscope/heal/first_flight.hpp"

#include <memory>

namespace helloscope::relay {

// What it takes to go the flow's way again.
struct way_again {
    request asked;
    server_leg like; // the leg that stands

    way_again(request&& again, server_leg&& leg) : asked(std::move(again)), like(std::move(leg)) {}
};

class race final : public flow::companion, private net::readable_sink {
  public:
    race(
        flow& of, const net::asio::any_io_executor& executor, request&& asked, server_leg&& like,
        leg_opener&& open);

    // ---- the flow's leg, which is the first attempt's until another one has won
    net::stream& leg() const { return *(winner_ != nullptr ? *winner_ : first_).stream; }
    // So much of what the client sent was given to it; `more` waits.
    void wrote(bytes_view sent, bool more);
    // Until the race is over and there is something to read, or the leg was stopped.
    net::awaitable<net::error_code> wait_for_answer();
    void when_answered(net::readable_sink& to); // the same as stream::when_readable
    net::moved take(std::span<std::uint8_t> into);
    bool holds() const; // something to read that is not in the leg any more
    net::error_code ended() const;
    void stop(); // who waits is to come back: the leg is stopped, reset or closed

    // Where nothing is left of it but the leg, that; else null.
    std::unique_ptr<net::stream> only_leg();

    void tick() override { consider(); }
    void give_up() override { settle(first_); }
    net::awaitable<void> finish() override;

  private:
    struct contender {
        std::uint32_t number = 1;
        shape::shape how;
        std::optional<std::size_t> of_rung;
        endpoint address, local;
        timestamp began{}, sent_at{}, heard{};
        bool sent = false;
        bool told = false; // its end
        heal::ending over = heal::ending::none;
        net::error_code error; // of that end
        std::unique_ptr<net::stream> stream;
        bytes answer;
        wire::tls::flight_reader reading;
        net::asio::cancellation_signal give_up;
        std::unique_ptr<contender> next; // the attempt made after it
    };
    using timer = net::asio::steady_timer;

    const healing_options& wanted() const { return of_.around.common.options.healing; }
    bool alone() const { return first_.next == nullptr; }
    net::awaitable<void> changed();
    void notify();
    heal::place place() const;

    void readable(std::exception_ptr bug, const net::error_code& stopped) override;

    contender& another();
    void spawn(contender& one, net::awaitable<void> what);
    net::awaitable<void> attempt(contender& one);
    net::awaitable<leg_beside> open(const contender& one);
    net::awaitable<net::error_code> send(contender& on);
    net::awaitable<void> listen(contender& to);
    void read(contender& from);
    void heard(contender& from, bytes_view read);
    void began(contender& one);
    net::awaitable<void> begin_remembered();
    void over(contender& one, heal::ending how, const net::error_code& error);

    void consider();
    heal::situation situation() const;
    heal::attempt seen_of(const contender& one, timestamp now) const;
    void start(const heal::decision& next);
    void settle(contender& on);
    void drop_losers();

    void tell_end(contender& one, const std::string& how);
    void tell_outcome();
    void learn();

    flow& of_;
    const net::asio::any_io_executor executor_;
    const way_again way_;
    const leg_opener open_;
    heal::first_flight flight_;
    timestamp whole_at_{};
    std::optional<shape::shape> remembered_;
    contender first_; // in the leg that stands
    contender* newest_ = &first_;
    contender* winner_ = nullptr;
    std::size_t taken_ = 0;   // of the winner's answer
    std::size_t running_ = 0; // coroutines
    bool waits_ = false;      // for the first attempt's stream
    net::readable_sink* asks_ = nullptr;
    bool stopped_ = false;
    std::optional<timer> changed_; // who waits; cancelled when the race or a coroutine is over
    std::exception_ptr bug_;
};

} // namespace helloscope::relay
