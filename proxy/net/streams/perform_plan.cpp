#include "helloscope/net/streams/perform_plan.hpp"

namespace helloscope::net {

namespace {

constexpr std::chrono::milliseconds look{2}; // at what is acknowledged

awaitable<error_code> write_segment(stream& to, bytes_view piece) {
    while (!piece.empty()) {
        const auto sent = to.write_segment_now(piece);
        piece = piece.subspan(sent.size);
        if (sent.error == asio::error::would_block) {
            if (const auto stopped = co_await to.wait_writable()) co_return stopped;
        } else if (sent.error) {
            co_return sent.error;
        }
    }
    co_return error_code();
}

awaitable<error_code> sleep(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    const auto [stopped] = co_await timer.async_wait(as_result);
    co_return stopped;
}

awaitable<error_code> pause(const stream& after, const shape::pacing& between) {
    if (between.wait) co_return co_await sleep(*between.wait);
    while (after.unacknowledged() > 0)
        if (const auto stopped = co_await sleep(look)) co_return stopped;
    co_return error_code();
}

} // namespace

awaitable<error_code> perform_plan(stream& to, const shape::plan& plan) {
    bytes_view left = plan.content;
    for (const auto size : plan.writes) {
        if (const auto failed = co_await write_segment(to, left.first(size))) co_return failed;
        left = left.subspan(size);
        if (left.empty() || !plan.between) continue;
        if (const auto stopped = co_await pause(to, *plan.between)) co_return stopped;
    }
    co_return error_code();
}

} // namespace helloscope::net
