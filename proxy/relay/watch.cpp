#include "watch.hpp"

#include <utility>

namespace helloscope::relay {

using namespace std::chrono_literals;
using model::leg;
using net::asio::awaitable;

namespace {

constexpr auto period = 250ms;      // between two looks
constexpr auto stall = 1s;          // without a byte
constexpr auto longest_watch = 60s; // of a tunnel that nobody uses

} // namespace

awaitable<void> watch(flow& of, model::stage end, net::asio::steady_timer& timer) {
    bool told = false;
    duration conclude_at = stall; // and again whenever the wait has doubled
    while (of.stage() < end && !of.aborted && !of.over) {
        timer.expires_after(period);
        const auto [ended] = co_await timer.async_wait(net::as_result);
        if (ended) co_return;
        of.tell_path(leg::client);
        of.tell_path(leg::server);
        const auto waited = of.clock.now() - of.last_byte;
        if (waited < stall) {
            told = false;
            conclude_at = stall;
            continue;
        }
        if (!std::exchange(told, true)) of.tell(model::stalled{of.stage(), waited});
        if (waited >= conclude_at) {
            of.conclude();
            conclude_at = 2 * waited;
        }
        if (waited > longest_watch) co_return;
    }
}

awaitable<void> watch_beside(flow& of) {
    net::asio::steady_timer timer(co_await net::asio::this_coro::executor);
    co_await watch(of, model::stage::data, timer);
    timer.expires_at(std::chrono::steady_clock::time_point::max());
    co_await timer.async_wait(net::as_result);
}

} // namespace helloscope::relay
