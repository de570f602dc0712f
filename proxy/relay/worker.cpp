#include "worker.hpp"

#include "flow_runner.hpp"
#include "helloscope/net/streams/tcp_stream.hpp"

#include <spdlog/spdlog.h>

namespace helloscope::relay {

using namespace std::chrono_literals;
using net::asio::awaitable;

void worker::run(shared& common, recorder::inlet& record, net::tcp::acceptor acceptor) {
    record_ = &record;
    acceptor_.emplace(std::move(acceptor));
    const auto end = [](std::exception_ptr bug) {
        if (bug) std::rethrow_exception(bug); // a relay that accepts nothing must not seem to run
    };
    net::asio::co_spawn(context_, accept(common), end);
    net::asio::co_spawn(context_, sweep(), end);
    context_.run();
}

void worker::stop() {
    net::asio::post(context_, [this] {
        stopping_ = true;
        net::error_code ignored;
        if (acceptor_) acceptor_->close(ignored);
        sweep_timer_.cancel();
        room_.cancel();
        for (auto* one : flows_) one->stop();
    });
}

awaitable<void> worker::accept(shared& common) {
    while (!stopping_) {
        co_await wait_for_room(common);
        auto [error, client] = co_await acceptor_->async_accept(net::as_result);
        if (stopping_) co_return;
        if (error) {
            // Out of file descriptors or memory: flows that end make room.
            if (error != net::asio::error::connection_aborted) {
                spdlog::warn(
                    "cannot accept a connection: {}: is ulimit -n high enough?", error.message());
                room_.expires_after(100ms);
                co_await room_.async_wait(net::as_result);
            }
            continue;
        }
        const auto peer = client.remote_endpoint(error);
        if (error) continue; // gone again
        net::asio::co_spawn(
            context_, serve(common, std::move(client), net::from_asio(peer)), net::asio::detached);
    }
}

awaitable<void> worker::wait_for_room(const shared& common) {
    if (common.count.open < common.options.max_flows) {
        full_ = false;
        co_return;
    }
    if (!std::exchange(full_, true)) // once, until there was room again
        spdlog::warn(
            "{} flows are open (--max-flows): new connections wait", common.options.max_flows);
    while (!stopping_ && common.count.open >= common.options.max_flows) {
        room_.expires_after(100ms); // another thread's flow may end too
        co_await room_.async_wait(net::as_result);
    }
}

awaitable<void> worker::serve(shared& common, net::tcp::socket client, endpoint from) {
    flow one({common, *record_, buffers_}, net::make_tcp_stream(std::move(client)), from);
    const auto place = flows_.insert(flows_.end(), &one);
    try {
        co_await run_flow(one);
        one.finish();
    } catch (const std::exception& bug) {
        spdlog::error("a flow ended by an internal error: {}", bug.what());
        one.abort();
    }
    flows_.erase(place);
    if (common.count.open >= common.options.max_flows) room_.cancel();
}

awaitable<void> worker::sweep() {
    while (!stopping_) {
        sweep_timer_.expires_after(1s);
        co_await sweep_timer_.async_wait(net::as_result);
        for (auto* one : flows_) one->tick();
    }
}

} // namespace helloscope::relay
