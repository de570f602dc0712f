#include "helloscope/net/dialers/happy_eyeballs.hpp"

#include "helloscope/net/kernel/icmp_error.hpp"
#include "helloscope/net/kernel/segments.hpp"
#include "helloscope/net/kernel/tcp_info.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>

namespace helloscope::net {

using std::chrono::steady_clock;

namespace {

struct attempt {
    endpoint address;
    tcp::socket socket;
    steady_clock::time_point begin = steady_clock::now();
    bool over = false;

    attempt(const asio::any_io_executor& executor, endpoint to) : address(to), socket(executor) {}
    duration took() const { return steady_clock::now() - begin; }
};

// One race. The attempts run as coroutines of their own on the caller's thread; they share it with
// the coroutine that awaits them, which may be gone first when it is cancelled.
struct race : std::enable_shared_from_this<race> {
    std::vector<endpoint> addresses;
    local_binding binding;
    std::optional<shape::clamp> segments;
    dial_report report;
    std::vector<std::unique_ptr<attempt>> attempts;
    asio::steady_timer changed; // cancelled whenever an attempt ends
    std::optional<tcp::socket> winner;
    endpoint winner_address, winner_local;
    error_code last_error;
    std::string unusable; // of the last attempt that failed
    bool closed = false;

    explicit race(const asio::any_io_executor& executor) : changed(executor) {}

    std::size_t pending() const {
        return static_cast<std::size_t>(
            std::count_if(attempts.begin(), attempts.end(), [](auto& one) { return !one->over; }));
    }

    void start_next() {
        const auto to = addresses[attempts.size()];
        auto& one = *attempts.emplace_back(std::make_unique<attempt>(changed.get_executor(), to));
        report(model::connecting{to});
        asio::co_spawn(changed.get_executor(), run(shared_from_this(), one), asio::detached);
    }

    static awaitable<void> run(std::shared_ptr<race> self, attempt& one) {
        const auto to = to_asio(one.address);
        error_code error;
        binding_failure unbound;
        one.socket.open(to.protocol(), error);
        if (!error) {
            ::fcntl(one.socket.native_handle(), F_SETFD, FD_CLOEXEC);
            ask_for_icmp_errors(one.socket.native_handle(), one.address.address.v6);
            unbound = self->prepare(one);
            error = unbound.error;
        }
        if (!error) std::tie(error) = co_await one.socket.async_connect(to, as_result);
        if (!one.over) self->ended(one, error, std::move(unbound.words));
    }

    // What must be before connect.
    binding_failure prepare(attempt& one) const {
        auto unbound = bind_locally(one.socket, binding);
        if (unbound.error || !segments) return unbound;
        const auto mss = segments->mss(one.address.address.v6);
        const auto error = limit_segments(one.socket.native_handle(), mss);
        if (!error) return {};
        return {
            error, fmt::format(
                       "{}: this kernel takes no MSS of {} over {}: {}", to_string(*segments), mss,
                       one.address.address.v6 ? "IPv6" : "IPv4", error_name(error))};
    }

    void ended(attempt& one, const error_code& error, std::string words) {
        one.over = true;
        if (closed) return;
        if (error) {
            fail(one, words.empty() ? error_name(error) : words);
            last_error = error;
            unusable = std::move(words);
        } else if (!winner) {
            error_code ignored; // the peer may be gone again: the first read will tell
            winner_address = one.address;
            winner_local = from_asio(one.socket.local_endpoint(ignored));
            // Linux sends a SYN again after a second, and nothing before its least RTO.
            constexpr std::chrono::milliseconds first_retransmit(200);
            const auto took = one.took();
            std::optional<std::uint32_t> again = 0;
            if (took >= first_retransmit) again = syn_retransmits(one.socket.native_handle());
            report(model::connected{winner_address, winner_local, took, again});
            ignore_icmp_errors(one.socket.native_handle(), one.address.address.v6);
            winner = std::move(one.socket);
        }
        changed.cancel();
    }

    void fail(attempt& one, std::string why) {
        const auto handle = one.socket.native_handle();
        report(model::connect_failed{
            one.address, one.took(), syn_retransmits(handle), std::move(why),
            icmp_error_source(handle)});
        error_code ignored;
        one.socket.close(ignored);
    }

    // Ends what still runs: unsaid when another attempt won, as timeouts when the time is up.
    void end(bool timed_out) {
        for (auto& one : attempts) {
            if (one->over) continue;
            one->over = true;
            if (timed_out) fail(*one, "timeout");
            error_code ignored;
            one->socket.close(ignored);
        }
        closed = true;
    }
};

// Unless none would be left: then each is tried, and says why it cannot be.
void keep_family(std::vector<ip_address>& addresses, bool v6) {
    const auto fits = [v6](const ip_address& one) { return one.v6 == v6; };
    if (std::ranges::any_of(addresses, fits)) std::erase_if(addresses, std::not_fn(fits));
}

} // namespace

std::vector<ip_address> interleave_families(const std::vector<ip_address>& addresses) {
    std::vector<ip_address> first, second, mixed;
    for (const auto& address : addresses)
        (address.v6 == addresses.front().v6 ? first : second).push_back(address);
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) mixed.push_back(first[i]);
        if (i < second.size()) mixed.push_back(second[i]);
    }
    return mixed;
}

awaitable<dialed> dial(
    std::vector<ip_address> addresses, std::uint16_t port, dial_limits limits, dial_report report) {
    const auto running = std::make_shared<race>(co_await asio::this_coro::executor);
    if (limits.binding.source) keep_family(addresses, limits.binding.source->v6);
    for (const auto& address : interleave_families(addresses))
        running->addresses.push_back(endpoint{address, port});
    running->binding = std::move(limits.binding);
    running->segments = limits.segments;
    running->report = std::move(report);

    // A caller that gives up ends the race below.
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto deadline = steady_clock::now() + limits.total;
    auto next_start = steady_clock::now();
    while (!running->winner && steady_clock::now() < deadline) {
        const bool more = running->attempts.size() < running->addresses.size();
        if (more && (running->pending() == 0 || steady_clock::now() >= next_start)) {
            running->start_next();
            next_start = steady_clock::now() + limits.attempt_delay;
            continue;
        }
        if (!more && running->pending() == 0) break;
        running->changed.expires_at(more ? std::min(next_start, deadline) : deadline);
        co_await running->changed.async_wait(as_result);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) break;
    }

    dialed outcome;
    const bool timed_out = !running->winner && running->pending() > 0 &&
                           steady_clock::now() >= deadline;
    running->end(timed_out);
    outcome.socket = std::move(running->winner);
    outcome.address = running->winner_address;
    outcome.local = running->winner_local;
    outcome.error = timed_out ? error_code(asio::error::timed_out) : running->last_error;
    if (!timed_out) outcome.unusable = std::move(running->unusable);
    co_return outcome;
}

} // namespace helloscope::net
